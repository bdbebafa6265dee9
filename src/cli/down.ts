/**
 * `longshore down`: ends the `up` of a data directory and waits until it is gone. Containers keep running, and load balancers are served on
 * unless told otherwise.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { SystemClock } from '../kit/clock.ts'
import { command, UserError } from '../kit/command.ts'
import { balancerDir, processStart, readNote } from '../kit/installation.ts'
import { dataDirOption } from './options.ts'

const STOP_TIMEOUT_MS = 30_000
const POLL_MS = 50

export const downCommand = command({
  name: 'down',
  summary: 'stop what `up` started; containers keep running',
  details:
    'Containers are found again at the next start, and so is HAProxy, which serves load balancers meanwhile.\nStop tasks first if they should end too.',
  options: {
    ...dataDirOption,
    'load-balancers': { type: 'boolean', description: 'stop serving load balancers, too' },
  },
  run: async ({ 'data-dir': dataDir, 'load-balancers': endsBalancers }) => {
    const note = readNote(dataDir)
    if (note === undefined) {
      process.stdout.write(`Longshore is not running on ${dataDir}.\n`)
      return endsBalancers ? endBalancers(dataDir) : 0
    }
    process.kill(note.processId, 'SIGTERM')
    await gone(note.processId, note.processStart)
    const exitCode = endsBalancers ? await endBalancers(dataDir) : 0
    const left = [
      note.runtime === 'docker' ? ' Its containers keep running.' : '',
      !endsBalancers && hasBalancer(dataDir) ? ' Its load balancers are served on.' : '',
    ]
    process.stdout.write(`Longshore on ${note.endpoint} has stopped.${left.join('')}\n`)
    return exitCode
  },
})

const hasBalancer = (dataDir: string): boolean => existsSync(balancerDir(dataDir))

/** The role knows how. Resolves with its exit code. */
const endBalancers = async (dataDir: string): Promise<number> => {
  if (!hasBalancer(dataDir)) return 0
  const args = [process.argv[1] ?? '', 'balancer', '--end', '--log-level=warn', `--data-dir=${balancerDir(dataDir)}`]
  const role = spawn(process.execPath, [...process.execArgv, ...args], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    role.once('error', reject)
    role.once('exit', (code) => resolve(code ?? 1))
  })
}

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
