/** What comes at once, or later: a store may be another process. */
export type Soon<Value> = Value | Promise<Value>;

/** Methods whose results come at once or later. */
export type Eventual<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Soon<Awaited<Result>>
    : Eventual<Methods[Name]>;
};

/** Goes on with a value as soon as it is there: at once, where it is. */
export const onceThere = <Value, Result>(value: Soon<Value>, goOn: (value: Value) => Soon<Result>): Soon<Result> =>
  value instanceof Promise ? value.then(goOn) : goOn(value);
