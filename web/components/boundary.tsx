import { Component, type ReactNode } from "react";

/** Shows `failed` in place of a part that can't be shown, for example because its code doesn't load. */
export class Boundary extends Component<
  { failed: (error: Error) => ReactNode; children: ReactNode },
  { error: Error | undefined }
> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : this.props.failed(error);
  }
}
