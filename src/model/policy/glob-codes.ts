/** What patterns are made of. */

/** Character codes, and `ANY` and `ONE` for what stands for others. */
export type Glob = readonly number[]

/** `*`: any characters, also none. */
export const ANY = -1
/** `?`: exactly one. */
export const ONE = -2
