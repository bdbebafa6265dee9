/** Runs `longshore` as a user does, to its end, and finds what it left running. */
import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { bin } from '../longshore.ts'

const TIMEOUT_MS = 60_000

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Instead of `bin/longshore` itself. */
  readonly program?: string
}

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  /** What it said to its user on stderr, log lines left out. */
  readonly said: string
  readonly elapsedMs: number
}

export const run = (args: readonly string[], { env = process.env, cwd, program = bin }: RunOptions = {}): Ran => {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env, cwd, timeout: TIMEOUT_MS })
  const said = stderr.split('\n').filter((line) => !line.startsWith('{'))
  return { status, stdout, said: said.join('\n'), elapsedMs: performance.now() - startedAt }
}

export interface Started {
  /** Signals the process itself, not its children. */
  signal(name: NodeJS.Signals): void
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
}

/** Starts `longshore` without waiting for anything. */
export const begin = (args: readonly string[], env: NodeJS.ProcessEnv): Started => {
  const child = spawn(bin, args, { env, stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return { signal: (name) => void child.kill(name), ended }
}

/** A directory, and variables that mark every process started with them. */
export interface Place {
  readonly dataDir: string
  readonly env: NodeJS.ProcessEnv
  /** Ids of the processes started with `env` that run now. */
  processes(): number[]
  /** Runs `longshore down`, and throws if any process is left after that. */
  end(): void
  remove(): void
}

export const aPlace = (): Place => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-e2e-'))
  const mark = `LONGSHORE_TEST_MARK=${randomUUID()}`
  const [name = '', value] = mark.split('=')
  // Tests that are not about them leave the machine's firewall alone.
  const untouched = {
    ECS_ENABLE_TASK_IAM_ROLE: 'false',
    ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'false',
    LONGSHORE_TASK_METADATA_PORT: '0',
  }
  const env = { ...process.env, ...untouched, [name]: value, LONGSHORE_DATA_DIR: dataDir }
  return {
    dataDir,
    env,
    processes: () => processesWith(mark),
    end: () => {
      run(['down'], { env })
      const left = processesWith(mark)
      if (left.length > 0) throw new Error(`processes ${left.join(', ')} are left running`)
    },
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  }
}

const processesWith = (variable: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(variable))
    .map(Number)

/** Empty for a process that has ended, and for one that is not ours to see. */
const environmentOf = (processId: string): string[] => {
  try {
    return readFileSync(`/proc/${processId}/environ`, 'utf8').split('\0')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** Listens on a free port of the loopback. */
export const aTakenPort = async (): Promise<{ port: number; free: () => void }> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, free: () => server.close() }
}
