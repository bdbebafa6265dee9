/**
 * The user's terminal while a command of a container has it: keys go there as they are pressed, Ctrl-C too, and it is put right again however
 * this process ends.
 */
import type { WindowSize } from '../../model/data-channel/window-size.ts'

/** Makes the terminal raw, until the returned function is called or the process ends. */
export const takeTerminal = (): (() => void) => {
  const { stdin } = process
  const wasRaw = stdin.isRaw
  const giveBack = (): void => {
    if (stdin.isRaw !== wasRaw) stdin.setRawMode(wasRaw)
  }
  stdin.setRawMode(true)
  // Also when it ends by an error that nobody caught.
  process.once('exit', giveBack)
  return () => {
    process.off('exit', giveBack)
    giveBack()
  }
}

const USUAL: WindowSize = { columns: 80, rows: 24 }

export const terminalSize = ({ columns, rows }: NodeJS.WriteStream = process.stdout): WindowSize => ({
  columns: columns || USUAL.columns,
  rows: rows || USUAL.rows,
})
