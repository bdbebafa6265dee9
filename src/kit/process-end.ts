/** When a process that serves should end: on a signal, or when the process that supervises it is gone. */

/** The signals that mean: end in order. SIGHUP comes when the terminal is closed. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Whether a supervisor started this process and hears from it. */
export const hasParent = (): boolean => process.send !== undefined

const LONGEST_INTERVAL_MS = 2 ** 31 - 1

/** Resolves at the first of them. A second signal of the same name ends the process at once. Keeps the process alive until then. */
export const untilToldToEnd = (): Promise<undefined> =>
  new Promise((resolve) => {
    const alive = setInterval(() => {}, LONGEST_INTERVAL_MS)
    const end = (): void => {
      clearInterval(alive)
      resolve(undefined)
    }
    for (const signal of END_SIGNALS) process.once(signal, end)
    if (!hasParent()) return
    process.once('disconnect', end)
    // The parent may have gone before anyone listened.
    if (!process.connected) end()
  })
