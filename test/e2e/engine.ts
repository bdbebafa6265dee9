/**
 * A Docker Engine for one test file: its own daemon with its own state, which the test may kill and restart without touching the
 * machine's. By default it also has a network of its own, so that bridges, firewall rules and ports of several engines never meet.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface EngineOptions {
  /**
   * `isolated`: a network namespace of its own with a bridge; published ports are reached with `inNetwork`. `host`: this machine's
   * network with an empty bridge, for engines that must reach servers of the test.
   */
  readonly network?: 'isolated' | 'host'
  /** Containers go on running while the daemon is down. Docker's default is that they are stopped when it comes back. */
  readonly liveRestore?: boolean
}

export interface Engine {
  /** Path of the daemon's socket. */
  readonly socket: string
  /** For `DOCKER_HOST`. */
  readonly host: string
  /** Command line in front of a program that shall run in the engine's network. */
  readonly inNetwork: readonly string[]
  /** A process that holds the engine's network open; undefined if that is this machine's. */
  readonly networkProcess: number | undefined
  /** Ids of the containers that run. */
  runningContainers(): Promise<string[]>
  /** The labels of each container that runs. */
  runningLabels(): Promise<Readonly<Record<string, string>>[]>
  /** Ids of the containers in any state. */
  allContainers(): Promise<string[]>
  /** kill -9 of the daemon; its containers are left alone. Resolves when it is gone. */
  kill(): Promise<void>
  /** Starts the daemon again, on the same state. Resolves when it answers. */
  restart(): Promise<void>
  /** SIGSTOP and SIGCONT of the daemon: it is there and does not answer. */
  freeze(): void
  thaw(): void
  /** Ends the daemon with all its containers and removes its state. */
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000

/** Returns once the daemon has stopped: its threads run on for a moment after the signal. */
const freeze = (daemon: ChildProcess): void => {
  daemon.kill('SIGSTOP')
  const threads = `/proc/${daemon.pid}/task`
  const isStopped = (thread: string): boolean => {
    const stat = readFileSync(join(threads, thread, 'stat'), 'utf8')
    return stat[stat.lastIndexOf(')') + 2] === 'T'
  }
  while (!readdirSync(threads).every(isStopped));
}

export const startEngine = async (options: EngineOptions = {}): Promise<Engine> => {
  // Short: a socket's path has at most 107 characters, and the daemon's own sockets lie deep below.
  const directory = await mkdtemp(join(tmpdir(), 'lse-'))
  const socket = join(directory, 'docker.sock')
  const network = options.network === 'host' ? undefined : startNetwork()
  const inNetwork = network === undefined ? [] : ['nsenter', `--net=/proc/${network.pid}/ns/net`]
  if (network === undefined) addBridge(bridgeOf(directory))
  let daemon = await startDaemon(directory, socket, inNetwork, options)
  // A test process that ends early takes its engine along.
  const abandon = () => {
    daemon.kill('SIGTERM')
    network?.kill('SIGKILL')
  }
  process.once('exit', abandon)

  const kill = async () => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return
    const gone = once(daemon, 'exit')
    daemon.kill('SIGKILL')
    await gone
  }

  return {
    socket,
    host: `unix://${socket}`,
    inNetwork,
    networkProcess: network?.pid,
    runningContainers: async () => (await listContainers(socket, false)).map(({ Id }) => Id),
    runningLabels: async () => (await listContainers(socket, false)).map(({ Labels }) => Labels),
    allContainers: async () => (await listContainers(socket, true)).map(({ Id }) => Id),
    kill,
    restart: async () => {
      await kill()
      daemon = await startDaemon(directory, socket, inNetwork, options)
    },
    freeze: () => freeze(daemon),
    thaw: () => void daemon.kill('SIGCONT'),
    stop: async () => {
      process.off('exit', abandon)
      daemon.kill('SIGCONT')
      // A daemon that was killed leaves its containers and containerd behind; one that runs knows how to end them.
      if (daemon.exitCode !== null || daemon.signalCode !== null) {
        daemon = await startDaemon(directory, socket, inNetwork, options)
      }
      await removeContainers(socket)
      await terminate(daemon)
      network?.kill('SIGKILL')
      if (network === undefined) removeBridge(bridgeOf(directory))
      killOrphans(directory)
      unmountBelow(directory)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A daemon without a bridge of its own would use the machine's, and one told to have none removes the machine's. */
const bridgeOf = (directory: string): string => basename(directory)

const addBridge = (name: string): void => {
  run('busybox', ['brctl', 'addbr', name])
  run('busybox', ['ip', 'link', 'set', name, 'up'])
}

const removeBridge = (name: string): void => {
  run('busybox', ['ip', 'link', 'set', name, 'down'])
  run('busybox', ['brctl', 'delbr', name])
}

/** A process that does nothing but hold a network namespace open. */
const startNetwork = (): ChildProcess & { readonly pid: number } => {
  const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' })
  if (holder.pid === undefined)
    throw new Error('cannot make a network namespace: is util-linux installed, and is this root?')
  waitForNamespace(holder.pid)
  const there = ['nsenter', `--net=/proc/${holder.pid}/ns/net`, 'busybox', 'ip'] as const
  run(there[0], [...there.slice(1), 'link', 'set', 'lo', 'up'])
  // As a host with a default route has one: to where Docker asks for keys of log drivers.
  run(there[0], [...there.slice(1), 'route', 'add', '169.254.170.2/32', 'dev', 'lo'])
  return holder as ChildProcess & { readonly pid: number }
}

const waitForNamespace = (pid: number): void => {
  const own = run('readlink', ['/proc/self/ns/net'])
  for (let tries = 0; tries < 1000; tries++) {
    if (run('readlink', [`/proc/${pid}/ns/net`]) !== own) return
  }
  throw new Error('the network namespace did not come up')
}

const run = (program: string, parameters: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${parameters.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}

const startDaemon = async (
  directory: string,
  socket: string,
  inNetwork: readonly string[],
  { network, liveRestore }: EngineOptions,
): Promise<ChildProcess> => {
  const log = join(directory, 'dockerd.log')
  rmSync(join(directory, 'docker.pid'), { force: true })
  await untilContainerdIsGone(join(directory, 'exec/containerd/containerd.pid'))
  writeFileSync(join(directory, 'daemon.json'), '{}')
  const [program = 'dockerd', ...parameters] = [
    ...inNetwork,
    'dockerd',
    `--config-file=${join(directory, 'daemon.json')}`,
    `--host=unix://${socket}`,
    `--data-root=${join(directory, 'data')}`,
    `--exec-root=${join(directory, 'exec')}`,
    `--pidfile=${join(directory, 'docker.pid')}`,
    ...(network === 'host' ? [`--bridge=${bridgeOf(directory)}`, '--iptables=false', '--ip6tables=false'] : []),
    ...(liveRestore ? ['--live-restore'] : []),
  ]
  const output = openSync(log, 'a')
  const daemon = spawn(program, parameters, { stdio: ['ignore', output, output] })
  await untilAnswering(daemon, socket, log)
  return daemon
}

/**
 * containerd dies with the daemon that started it. Where the machine's init is slow to bury the dead, a new daemon would take the
 * old pid for a running containerd and wait for it.
 */
const untilContainerdIsGone = async (pidFile: string): Promise<void> => {
  if (!existsSync(pidFile)) return
  const pid = readFileSync(pidFile, 'utf8').trim()
  const deadline = performance.now() + STOP_TIMEOUT_MS
  while (isRunning(pid) && performance.now() < deadline) await delay(5)
  rmSync(pidFile, { force: true })
}

const isRunning = (pid: string): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const untilAnswering = async (daemon: ChildProcess, socket: string, log: string): Promise<void> => {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!(await answers(socket))) {
    if (daemon.exitCode !== null || performance.now() > deadline) {
      daemon.kill('SIGKILL')
      throw new Error(`dockerd did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`)
    }
    await delay(20)
  }
}

const answers = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 1000, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('timeout', () => ping.destroy())
    ping.on('error', () => resolve(false))
    ping.end()
  })

interface ListedContainer {
  readonly Id: string
  readonly Labels: Readonly<Record<string, string>>
}

const listContainers = async (socketPath: string, all: boolean): Promise<ListedContainer[]> =>
  JSON.parse(await send(socketPath, 'GET', `/containers/json?all=${all}`)) as ListedContainer[]

const removeContainers = async (socketPath: string): Promise<void> => {
  const containers = await listContainers(socketPath, true)
  await Promise.all(containers.map(({ Id }) => send(socketPath, 'DELETE', `/containers/${Id}?force=1&v=1`)))
}

const send = (socketPath: string, method: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, agent: false }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
    })
    call.on('error', reject)
    call.end()
  })

const terminate = async (daemon: ChildProcess): Promise<void> => {
  const gone = once(daemon, 'exit')
  daemon.kill('SIGTERM')
  const timer = setTimeout(() => daemon.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await gone
  clearTimeout(timer)
}

/**
 * A container that was being started when the daemon was killed is known to nobody afterwards. Its shim names the engine's directory;
 * the container's processes are the shim's children.
 */
const killOrphans = (directory: string): void => {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const shims = processes.filter((pid) => readProcess(pid, 'cmdline').includes(`${directory}/exec/`))
  const children = processes.filter((pid) => shims.includes(/\) \S (\d+)/.exec(readProcess(pid, 'stat'))?.[1] ?? ''))
  for (const pid of [...children, ...shims]) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** Empty for a process that has ended meanwhile. */
const readProcess = (pid: string, file: 'cmdline' | 'stat'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** What a killed daemon had mounted stays mounted. Deepest first. */
const unmountBelow = (directory: string): void => {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${directory}/`))
  for (const path of mounts.toReversed()) spawnSync('umount', ['--lazy', path])
}
