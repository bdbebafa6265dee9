/**
 * Thousands of agents in one process: our own, with simulated containers, each with its own websocket to a control plane elsewhere.
 *
 *     node fleet.ts <access as JSON> <agents>
 *
 * Says `ready` to its parent when all are connected, loses the first so many hosts when it is told to, and lives until its parent ends.
 * Left out is their second websocket, for telemetry: two for each agent are more files than one process may have open here.
 */
import { Agent, type AgentHost } from '../../src/agent/agent.ts'
import { MemoryCheckpoint } from '../../src/agent/checkpoint/memory-checkpoint.ts'
import { loadAgentConfig } from '../../src/agent/config.ts'
import { createBodyWith } from '../../src/agent/docker/create-body.ts'
import type { AgentLinks } from '../../src/agent/links.ts'
import { NO_TASK_ROLES } from '../../src/agent/metadata/task-roles.ts'
import { capabilities } from '../../src/agent/registration/capabilities.ts'
import { platformAttributes } from '../../src/agent/registration/registration.ts'
import { SimulatedImages } from '../../src/agent/simulated/simulated-images.ts'
import { SimulatedRuntime } from '../../src/agent/simulated/simulated-runtime.ts'
import { AcsClient } from '../../src/agentlink/acs-client.ts'
import { ControlApi } from '../../src/agentlink/control-api.ts'
import { SecretsApi } from '../../src/agentlink/secrets-api.ts'
import { httpTransport } from '../../src/agentlink/http-transport.ts'
import { openWebSocket } from '../../src/agentlink/web-sockets.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { type Access, forEach, type LoseHosts, signerOf } from './fleet-control.ts'

/**
 * Agents share connections for their calls, a group of them a few: one for each would be too many files again, and one queue of calls
 * for all would cost more than the calls.
 */
const GROUPS = 100
const CONNECTIONS_PER_GROUP = 10
const AGENTS_JOINING_AT_ONCE = 64

const clock = new SystemClock()
const ids = new SystemIds()

const fleet = async (access: Access, count: number): Promise<void> => {
  const sign = signerOf(access)
  const controls = Array.from({ length: GROUPS }, () => {
    const transport = httpTransport(CONNECTIONS_PER_GROUP)
    const caller = { ...access, clock, ids, userAgent: 'Longshore bench', transport }
    return { control: new ControlApi({ ...caller, sign }), secrets: new SecretsApi(caller) }
  })
  const agents: Agent[] = []
  for (const event of ['disconnect', 'SIGTERM']) process.once(event, () => process.exit(0))
  await forEach(count, AGENTS_JOINING_AT_ONCE, async (number) => {
    agents.push(await join(controls[number % GROUPS]!, sign))
  })
  process.on('message', (message) => {
    for (const agent of agents.splice(0, (message as LoseHosts).loseHosts)) agent.kill()
  })
  process.send?.('ready')
}

const { config } = loadAgentConfig({ AWS_DEFAULT_REGION: 'us-east-1', ECS_DISABLE_METRICS: 'true' })

/** Resolves when the agent is connected. */
const join = async (
  calls: Pick<AgentLinks, 'secrets'> & { readonly control: ControlApi },
  sign: ReturnType<typeof signerOf>,
): Promise<Agent> => {
  const { control } = calls
  const host = await simulatedHost()
  return new Promise<Agent>((connected, failed) => {
    const links: AgentLinks = {
      ...calls,
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
            connected(agent)
          },
        }),
      tcs: () => ({ start: () => {}, stop: () => {}, publish: () => false }),
    }
    const checkpoint = new MemoryCheckpoint()
    const agent = new Agent({ config, clock, ids, log: silentLog, checkpoint, host, links })
    agent.start().catch(failed)
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
        taskRoles: NO_TASK_ROLES,
      }),
    attributes: [
      ...capabilities({
        config,
        info,
        runtimeName: runtime.name,
        hasTaskLimits: false,
        hasLogRouting: false,
        taskRoles: NO_TASK_ROLES,
      }),
      ...platformAttributes(config, info),
    ],
    dynamicHostPorts,
  }
}

const [access = '', agents = '0'] = process.argv.slice(2)
await fleet(JSON.parse(access) as Access, Number(agents))
