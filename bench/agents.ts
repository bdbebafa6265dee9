/**
 * From the first RunTask to the last task RUNNING: 100,000 tasks on 10,000 agents. The control plane is `longshore server`, signatures
 * verified, journal on disk; the agents are our own, with simulated containers, all in one other process, each with its own websocket.
 * Left out is their second websocket, for telemetry: two for each agent are more files than one process may have open here.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { Agent, type AgentHost } from '../src/agent/agent.ts'
import { MemoryCheckpoint } from '../src/agent/checkpoint/memory-checkpoint.ts'
import { loadAgentConfig } from '../src/agent/config.ts'
import { createBodyWith } from '../src/agent/docker/create-body.ts'
import type { AgentLinks } from '../src/agent/links.ts'
import { capabilities } from '../src/agent/registration/capabilities.ts'
import { platformAttributes } from '../src/agent/registration/registration.ts'
import { SimulatedImages } from '../src/agent/simulated/simulated-images.ts'
import { SimulatedRuntime } from '../src/agent/simulated/simulated-runtime.ts'
import { AcsClient } from '../src/agentlink/acs-client.ts'
import { ControlApi } from '../src/agentlink/control-api.ts'
import { httpTransport } from '../src/agentlink/http-transport.ts'
import { ecsSigner } from '../src/agentlink/signer.ts'
import { openWebSocket } from '../src/agentlink/web-sockets.ts'
import { SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { readRootKey } from '../src/kit/installation.ts'
import { silentLog } from '../src/kit/log.ts'
import { compareToLimit } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const AGENTS = 10_000
const TASKS = 100_000
const TASKS_PER_CALL = 10
const CALLS_AT_ONCE = 64
/**
 * Agents share connections for their calls, a group of them a few: one for each would be too many files again, and one queue of calls
 * for all would cost more than the calls.
 */
const GROUPS = 100
const CONNECTIONS_PER_GROUP = 10
const AGENTS_JOINING_AT_ONCE = 64
const LIMIT_SECONDS = 50
/** Ten thousand agents make more garbage than one was made for. */
const FLEET_OPTIONS = ['--max-semi-space-size=128']

interface Access {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const clock = new SystemClock()
const ids = new SystemIds()
const signerOf = (credentials: Access) => ecsSigner({ clock, region: 'us-east-1', credentials: () => credentials })

/** Does `work` for each number, so many at a time. */
const forEach = async (count: number, atOnce: number, work: (number: number) => Promise<unknown>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** The other process: registers and connects all agents, says so, and lives until its parent is gone. */
const fleet = async (access: Access): Promise<void> => {
  const sign = signerOf(access)
  const controls = Array.from({ length: GROUPS }, () => {
    const transport = httpTransport(CONNECTIONS_PER_GROUP)
    return new ControlApi({ ...access, sign, clock, ids, userAgent: 'Longshore bench', transport })
  })
  for (const event of ['disconnect', 'SIGTERM']) process.once(event, () => process.exit(0))
  await forEach(AGENTS, AGENTS_JOINING_AT_ONCE, (number) => join(controls[number % GROUPS]!, sign))
  process.send?.('ready')
}

const { config } = loadAgentConfig({ AWS_DEFAULT_REGION: 'us-east-1', ECS_DISABLE_METRICS: 'true' })

/** Resolves when the agent is connected. */
const join = async (control: ControlApi, sign: ReturnType<typeof signerOf>): Promise<void> => {
  const host = await simulatedHost()
  await new Promise<void>((connected, failed) => {
    const links: AgentLinks = {
      control,
      acs: (identity, listener) =>
        new AcsClient({
          clock,
          ids,
          log: silentLog,
          openSocket: openWebSocket,
          sign,
          endpoint: async () =>
            (await control.discoverPollEndpoint(identity.containerInstanceArn, identity.cluster)).endpoint ?? '',
          agent: { agentHash: 'bench', agentVersion: '0', ...identity },
          ...listener,
          onConnected: () => {
            listener.onConnected()
            connected()
          },
        }),
      tcs: () => ({ start: () => {}, stop: () => {}, publish: () => false }),
    }
    const checkpoint = new MemoryCheckpoint()
    new Agent({ config, clock, ids, log: silentLog, checkpoint, host, links }).start().catch(failed)
  })
}

const simulatedHost = async (): Promise<AgentHost> => {
  const runtime = new SimulatedRuntime({ clock, ids, cpus: 16, memoryMiB: 65_536 })
  const info = await runtime.info()
  const dynamicHostPorts = { first: 32_768, last: 60_999 }
  return {
    runtime,
    info,
    images: new SimulatedImages(),
    createBody: (agent) =>
      createBodyWith({
        ...agent,
        region: config.region,
        dynamicHostPorts,
        reservedPorts: config.reservedPorts,
        reservedPortsUdp: config.reservedPortsUdp,
        disablePrivileged: config.disablePrivileged,
        propagateTaskMemoryLimit: config.propagateTaskMemoryLimit,
        imageEnvironment: () => [],
      }),
    attributes: [
      ...capabilities({ config, info, runtimeName: runtime.name, hasTaskLimits: false }),
      ...platformAttributes(config, info),
    ],
    dynamicHostPorts,
  }
}

/** Starts Node on a file; resolves with the process and the first thing that it says. */
const child = (
  file: string,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<{ process: ChildProcess; said: unknown }> =>
  new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [...options, file, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    started.once('message', (said) => resolve({ process: started, said }))
    started.once('exit', (code) => reject(new Error(`${path.basename(file)} ${args[0]} ended with ${code}`)))
  })

const end = (ended: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    ended.once('exit', () => resolve())
    ended.kill('SIGTERM')
  })

type Call = (operation: string, input: object) => Promise<Record<string, unknown>>

const callerOf = (access: Access): Call => {
  const sign = signerOf(access)
  const transport = httpTransport(CALLS_AT_ONCE + 1)
  const url = `${access.endpoint}/`
  return async (operation, input) => {
    const body = JSON.stringify(input)
    const target = `AmazonEC2ContainerServiceV20141113.${operation}`
    const headers = sign({
      method: 'POST',
      url,
      body,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    })
    const answer = await transport({ url, headers, body, timeoutMs: 60_000 })
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.body}`)
    return JSON.parse(answer.body) as Record<string, unknown>
  }
}

/** One sample: a new control plane, a new fleet, and the seconds until all tasks run. */
const secondsToRunAll = async (): Promise<number> => {
  const dataDirectory = scratchDirectory()
  const main = path.join(import.meta.dirname, '..', 'src', 'main.ts')
  const server = await child(main, ['server', '--port', '0', '--data-dir', dataDirectory, '--log-level', 'error'])
  const { endpoint } = server.said as { endpoint: string }
  const key = readRootKey(dataDirectory)
  if (key === undefined) throw new Error('the server left no key')
  const access = { endpoint, accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey }
  const agents = await child(import.meta.filename, ['fleet', JSON.stringify(access)], FLEET_OPTIONS)
  try {
    return await runAll(callerOf(access))
  } finally {
    await end(agents.process)
    await end(server.process)
  }
}

const runAll = async (call: Call): Promise<number> => {
  await call('RegisterTaskDefinition', {
    family: 'bench',
    containerDefinitions: [
      { name: 'app', image: 'busybox', cpu: 128, memory: 128, portMappings: [{ containerPort: 80 }] },
    ],
  })
  const startedAt = performance.now()
  await forEach(TASKS / TASKS_PER_CALL, CALLS_AT_ONCE, async () => {
    const { failures } = await call('RunTask', { taskDefinition: 'bench', count: TASKS_PER_CALL, launchType: 'EC2' })
    if ((failures as unknown[]).length > 0) throw new Error(`RunTask failed: ${JSON.stringify(failures)}`)
  })
  for (;;) {
    const { clusters } = (await call('DescribeClusters', {})) as { clusters: { runningTasksCount: number }[] }
    if (clusters[0]?.runningTasksCount === TASKS) return (performance.now() - startedAt) / 1000
    await clock.sleep(100)
  }
}

const [role, access = ''] = process.argv.slice(2)
if (role === 'fleet') await fleet(JSON.parse(access) as Access)
else {
  report([
    await compareToLimit({
      question: '100,000 tasks on 10,000 agents over websockets, from the first RunTask to all RUNNING',
      unit: 's',
      measure: secondsToRunAll,
      limit: LIMIT_SECONDS,
      limitName: `${LIMIT_SECONDS} s`,
      goal: { atMost: 1 },
      samples: 3,
    }),
  ])
}
