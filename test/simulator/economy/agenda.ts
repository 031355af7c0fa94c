/** What is to be done when: earliest first, at the same time in the order of asking. */
export interface Agenda<Act> {
  add(time: number, act: Act): void;
  /** When something is to be done next; undefined if nothing is. */
  next(): number | undefined;
  /** Takes out all that is to be done until `time`, in order. */
  take(time: number): Act[];
}

/** A binary heap. */
export function createAgenda<Act>(): Agenda<Act> {
  const heap: { time: number; order: number; act: Act }[] = [];
  let order = 0;
  const before = (a: number, b: number): boolean => {
    const [x, y] = [heap[a], heap[b]];
    return x !== undefined && y !== undefined && (x.time < y.time || (x.time === y.time && x.order < y.order));
  };
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b], heap[a]] as [(typeof heap)[0], (typeof heap)[0]];
  };

  function shift(): Act {
    const [first] = heap as [(typeof heap)[0]];
    const last = heap.pop() as (typeof heap)[0];
    if (heap.length > 0) heap[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (before(child, least)) least = child;
      if (least === at) return first.act;
      swap(at, least);
      at = least;
    }
  }

  return {
    add(time, act) {
      heap.push({ time, order: order++, act });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!before(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    },
    next: () => heap[0]?.time,
    take(time) {
      const acts: Act[] = [];
      while (heap[0] !== undefined && heap[0].time <= time) acts.push(shift());
      return acts;
    },
  };
}
