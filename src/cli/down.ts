/** `longshore down`: ends the `up` of a data directory and waits until it is gone. Containers keep running. */
import { SystemClock } from '../kit/clock.ts'
import { command, UserError } from '../kit/command.ts'
import { processStart, readNote } from '../kit/installation.ts'
import { dataDirOption } from './options.ts'

const STOP_TIMEOUT_MS = 30_000
const POLL_MS = 50

export const downCommand = command({
  name: 'down',
  summary: 'stop what `up` started; containers keep running',
  details: 'Containers are found again at the next start. Stop tasks first if they should end too.',
  options: dataDirOption,
  run: async ({ 'data-dir': dataDir }) => {
    const note = readNote(dataDir)
    if (note === undefined) {
      process.stdout.write(`Longshore is not running on ${dataDir}.\n`)
      return 0
    }
    process.kill(note.processId, 'SIGTERM')
    await gone(note.processId, note.processStart)
    process.stdout.write(
      `Longshore on ${note.endpoint} has stopped.${note.runtime === 'docker' ? ' Its containers keep running.' : ''}\n`,
    )
    return 0
  },
})

const gone = async (processId: number, start: string): Promise<void> => {
  const clock = new SystemClock()
  const deadline = clock.monotonic() + STOP_TIMEOUT_MS
  while (processStart(processId) === start) {
    if (clock.monotonic() > deadline) {
      throw new UserError(
        `Process ${processId} did not stop within ${STOP_TIMEOUT_MS / 1000} seconds; end it with 'kill -9 ${processId}'.`,
      )
    }
    await clock.sleep(POLL_MS)
  }
}
