/** `longshore agent`: the container agent as a process, configured as the ECS agent is. Ends cleanly; containers run on. */
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Agent } from '../agent/agent.ts'
import { SqliteCheckpoint, CheckpointError } from '../agent/checkpoint/sqlite-checkpoint.ts'
import { MemoryCheckpoint } from '../agent/checkpoint/memory-checkpoint.ts'
import type { Checkpoint } from '../agent/checkpoint/checkpoint.ts'
import { type AgentConfig, ConfigError, DEFAULT_CONFIG_FILE, loadAgentConfig } from '../agent/config.ts'
import { agentLog } from '../agent/config/agent-log.ts'
import { type IntrospectionServer, serveIntrospection } from '../agent/introspection/introspection-server.ts'
import type { AgentLinks } from '../agent/links.ts'
import { MetadataFiles } from '../agent/metadata/metadata-files.ts'
import { NO_METADATA, openTaskMetadata, type TaskMetadata } from '../agent/metadata/task-metadata.ts'
import { BalancerPaths } from '../agent/network/balancer-paths.ts'
import { bridgeIpv4Address, hostAddresses } from '../kit/network/host-address.ts'
import { DOCKER_BRIDGE } from '../agent/network/host-rules.ts'
import { runProgram } from '../kit/network/run-program.ts'
import { keyEndpointProblem } from '../agent/log-relay/key-endpoint.ts'
import type { LogRelay } from '../agent/log-relay/log-relay.ts'
import { AgentError } from '../agent/registration/register.ts'
import { AcsClient } from '../agentlink/acs-client.ts'
import { ControlApi } from '../agentlink/control-api.ts'
import { EcrApi } from '../agentlink/ecr-api.ts'
import { httpTransport } from '../agentlink/http-transport.ts'
import type { MetadataApi } from '../agentlink/metadata-api.ts'
import { SecretsApi } from '../agentlink/secrets-api.ts'
import { ecsSigner } from '../agentlink/signer.ts'
import { TcsClient } from '../agentlink/tcs-client.ts'
import { openWebSocket } from '../agentlink/web-sockets.ts'
import { type Clock, SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values } from '../kit/command.ts'
import { type Ids, SystemIds } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { hasParent, untilToldToEnd } from '../kit/process-end.ts'
import { trustCertificates } from '../kit/trust.ts'
import { version } from '../kit/version.ts'
import type { SigningCredentials } from '../model/signature-v4.ts'
import { openHost } from './agent-host.ts'
import { agentName, openCredentials, openMachine, settingsOf } from './agent-identity.ts'
import { sayReady } from './child.ts'
import { dataDirError, inDataDir } from './running.ts'

const options = {
  runtime: {
    type: 'string',
    valueName: 'NAME',
    description: 'what runs containers: docker, or simulated (nothing really runs)',
    default: 'docker',
    choices: ['docker', 'simulated'],
  },
  join: {
    type: 'string',
    valueName: 'TOKEN',
    description: "join with a token of 'longshore token create'; later starts need none",
  },
  'ca-cert': {
    type: 'string',
    valueName: 'FILE',
    description: 'trust the authorities in this file (PEM) too, e.g. that of a server with --tls',
  },
  balancers: {
    type: 'string',
    valueName: 'ADDRESSES',
    description: 'machines of balancers whose clients containers reply to through them (preserve_client_ip.enabled)',
  },
  'config-file': {
    type: 'string',
    valueName: 'FILE',
    description: 'settings as NAME=value lines',
    default: DEFAULT_CONFIG_FILE,
  },
} as const

export const agentCommand = command({
  name: 'agent',
  summary: 'run the container agent alone',
  details:
    'Settings come from the environment over the configuration file: ECS_CLUSTER, ECS_BACKEND_HOST (the endpoint of the control plane),\nAWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the others of docs/guides/agent-configuration.md.',
  options,
  run: async (values) => {
    try {
      if (values['ca-cert'] !== undefined) trustCertificates(values['ca-cert'])
      await runAgent(values)
      return 0
    } catch (error) {
      if (!(error instanceof AgentError)) throw asUserError(error)
      process.stderr.write(`longshore: ${error.message}\n`)
      return error.exitCode
    }
  },
})

const asUserError = (error: unknown): unknown => {
  if (error instanceof ConfigError) return new UserError(`${error.message.split('\n').join('; ')}.`, { cause: error })
  if (error instanceof CheckpointError) return new UserError(error.message, { cause: error })
  return error
}

type AgentValues = Values<typeof options>

const MAX_CONNECTIONS = 16
/** Of containers that log at the same moment. */
const MAX_RELAYED = 32
/** Of the ECS agent whose protocol this one speaks, for a control plane that asks for a version. */
const AGENT_HASH = 'longshore'

const runAgent = async (values: AgentValues): Promise<void> => {
  const { runtime: runtimeName, 'config-file': configFile, join, balancers } = values
  const file = readConfigFile(configFile)
  const environment = { ...process.env, LONGSHORE_BALANCERS: balancers }
  const anywhere = { AWS_DEFAULT_REGION: 'us-east-1' }
  const { dataDirectory } = loadAgentConfig({ ...anywhere, ...environment }, file).config
  const machine = await openMachine(dataDirectory, join)
  const { config, variables, warnings } = loadAgentConfig(environment, `${settingsOf(machine)}${file ?? ''}`)
  const { backendHost: endpoint } = config
  if (endpoint === undefined) {
    throw new UserError('ECS_BACKEND_HOST is not set: it says where the control plane is, e.g. http://127.0.0.1:4566.')
  }
  const [clock, ids] = [new SystemClock(), new SystemIds()]
  const log = agentLog(config, clock, (line) => void process.stderr.write(line))
  for (const warning of warnings) log.warn(warning)

  inDataDir(config.dataDirectory, () => mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 }))
  // What goes on there touches the host's firewall, which is put right again however this ends.
  const metadata = runtimeName === 'simulated' ? NO_METADATA : await openTaskMetadata({ config, clock, log })
  const balancerPaths = openBalancerPaths({ config, clock, log })
  try {
    await balancerPaths.start()
    const credentials = await openCredentials({ variables, machine, dataDirectory, endpoint, joinText: join, log })
    await work({ endpoint, runtimeName, config, credentials, clock, ids, log, metadata })
  } finally {
    await balancerPaths.stop()
    await metadata.close()
  }
}

/** Containers of an engine on another host have no way back by this one. */
const openBalancerPaths = ({ config, clock, log }: Pick<Working, 'config' | 'clock' | 'log'>): BalancerPaths => {
  const isLocal = 'socketPath' in config.dockerHost.target
  if (!isLocal && config.balancers.length > 0)
    log.warn('no way back through balancers: the containers are not on this host')
  return new BalancerPaths({
    balancers: isLocal ? config.balancers : [],
    directory: path.resolve(config.dataDirectory),
    run: runProgram,
    clock,
    log,
  })
}

interface Working {
  /** Where the control plane is. */
  readonly endpoint: string
  readonly runtimeName: string
  readonly config: AgentConfig
  readonly credentials: () => SigningCredentials
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly metadata: TaskMetadata
}

/** Runs until the process is told to end. */
const work = async (working: Working): Promise<void> => {
  const { runtimeName, config, clock, ids, log, metadata } = working
  const { taskRoles, isServed } = metadata
  const files = metadataFiles(working)
  const logRelay = await openLogRelay(working)
  const { host, startCleanup, close } = await openHost(runtimeName, {
    config,
    clock,
    ids,
    log,
    taskRoles,
    metadata: { isServed, files },
    ...(logRelay && { logRelay }),
  })
  const checkpoint = inDataDir(config.dataDirectory, () => openCheckpoint(config, runtimeName, clock, log))
  const agent = new Agent({
    config,
    clock,
    ids,
    log,
    checkpoint,
    host,
    links: openLinks(working),
    ...(logRelay && { logRelay }),
  })
  startCleanup(() => agent.tasks())
  metadata.serve(agent, async () => ({
    runtime: host.runtime,
    api: await metadataApi(working),
    ...(logRelay && { logRelay }),
  }))
  logRelay?.serve(agent)
  files.begin({
    facts: () => ({
      cluster: agent.cluster,
      containerInstanceArn: agent.containerInstanceArn,
      availabilityZone: agent.place.availabilityZone,
      host: hostAddresses(),
    }),
    tasks: () => agent.tasks(),
    listen: (listener) => agent.listen(listener),
  })

  const ended = untilToldToEnd()
  const introspection = await openIntrospection(working, agent)
  const started = agent.start().then(
    () => true,
    (error: unknown) => {
      throw dataDirError(config.dataDirectory, error)
    },
  )
  if (await Promise.race([started, ended])) {
    introduce(agent)
    await ended
  }
  await agent.stop()
  await logRelay?.close()
  close()
  await introspection?.close()
}

/** The containers of an engine on another host see none of this host's files. */
const metadataFiles = ({ runtimeName, config, log }: Working): MetadataFiles => {
  const isLocal = runtimeName !== 'simulated' && 'socketPath' in config.dockerHost.target
  if (config.containerMetadata && !isLocal) log.warn('no container metadata files: the containers are not on this host')
  return new MetadataFiles({
    directory: path.resolve(config.dataDirectory, 'metadata'),
    isEnabled: config.containerMetadata && isLocal,
    isLabelled: config.selinuxCapable,
    log,
  })
}

const introduce = ({ cluster, containerInstanceArn = '' }: Agent): void => {
  if (!hasParent())
    process.stdout.write(`Longshore agent ${version()} works for cluster ${cluster} as ${containerInstanceArn}\n`)
  sayReady({ containerInstanceArn })
}

/** Docker's awslogs driver finds its keys where containers find their metadata. */
const openLogRelay = async (working: Working): Promise<LogRelay | undefined> => {
  const { endpoint, config, credentials: ownCredentials, clock, ids, log, metadata } = working
  if (!metadata.isServed) return undefined
  const problem = await keyEndpointProblem()
  if (problem !== undefined) {
    log.warn(
      `no log driver awslogs: Docker would not reach its keys (${problem}); try: ip route add 169.254.170.2 dev lo`,
    )
    return undefined
  }
  const [{ LogRelay: Relay }, { inheritedSocket }] = await Promise.all([
    import('../agent/log-relay/log-relay.ts'),
    import('../agent/log-relay/inherited-socket.ts'),
  ])
  const { dataDirectory } = config
  const socket = inheritedSocket(process.env, process.pid)
  const common = { userAgent: agentName(), transport: httpTransport(MAX_RELAYED), clock, ids, log }
  try {
    return await Relay.open({
      ...common,
      endpoint,
      dataDirectory,
      ownCredentials,
      ...(socket !== undefined && { inheritedSocket: socket }),
    })
  } catch (error) {
    throw dataDirError(dataDirectory, error)
  }
}

/** Simulated containers are gone with the process: there is nothing to remember them for. */
const openCheckpoint = (config: AgentConfig, runtimeName: string, clock: Clock, log: Log): Checkpoint =>
  config.checkpoint && runtimeName !== 'simulated'
    ? new SqliteCheckpoint({ file: path.join(config.dataDirectory, 'agent.sqlite'), clock, log })
    : new MemoryCheckpoint()

const metadataApi = async ({
  endpoint,
  config: { region },
  credentials,
  clock,
  ids,
}: Working): Promise<MetadataApi> => {
  const caller = { endpoint, clock, ids, userAgent: agentName(), transport: httpTransport(MAX_CONNECTIONS) }
  const { MetadataApi: Api } = await import('../agentlink/metadata-api.ts')
  return new Api({ ...caller, region, sign: ecsSigner({ clock, region, credentials }) })
}

const openLinks = ({ endpoint, config, credentials, clock, ids, log }: Working): AgentLinks => {
  const { region } = config
  const sign = ecsSigner({ clock, region, credentials })
  const userAgent = agentName()
  const caller = { endpoint, clock, ids, userAgent, transport: httpTransport(MAX_CONNECTIONS) }
  const control = new ControlApi({ ...caller, sign })
  const agentVersion = version()
  const discover = async (cluster: string, arn: string, which: 'endpoint' | 'telemetryEndpoint'): Promise<string> => {
    const found = (await control.discoverPollEndpoint(arn, cluster))[which]
    if (found === undefined) throw new Error(`the control plane names no ${which}`)
    return found
  }
  const common = { clock, ids, log, openSocket: openWebSocket, sign }
  return {
    control,
    secrets: new SecretsApi(caller),
    ecr: new EcrApi({ ...caller, credentials }),
    exec: async () => {
      const [{ openDataSocket }, { SessionApi }] = await Promise.all([
        import('../agentlink/data-sockets.ts'),
        import('../agentlink/session-api.ts'),
      ])
      return { openDataSocket, api: new SessionApi(caller) }
    },
    acs: (identity, listener) =>
      new AcsClient({
        ...common,
        ...listener,
        endpoint: () => discover(identity.cluster, identity.containerInstanceArn, 'endpoint'),
        agent: { agentHash: AGENT_HASH, agentVersion, ...identity },
      }),
    tcs: (identity, onConnected) =>
      new TcsClient({
        ...common,
        onConnected,
        endpoint: () => discover(identity.cluster, identity.containerInstanceArn, 'telemetryEndpoint'),
        agent: { agentHash: AGENT_HASH, agentVersion, ...identity },
      }),
  }
}

/** Nobody's tasks depend on this API: a taken port is worth a warning. */
const openIntrospection = async (
  { config, metadata, log }: Working,
  agent: Agent,
): Promise<IntrospectionServer | undefined> => {
  const bridgeAddress = metadata.guardsIntrospection ? await bridgeIpv4Address(DOCKER_BRIDGE, runProgram) : undefined
  try {
    return await serveIntrospection(
      { config, version: version(), bridgeAddress },
      {
        cluster: agent.cluster,
        containerInstanceArn: () => agent.containerInstanceArn,
        tasks: () => [...agent.tasks()],
      },
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    log.warn('the introspection port is in use; this agent has no introspection API', {
      port: config.introspectionPort,
    })
    return undefined
  }
}

/** The file at its usual place may be missing; one that the user named may not. */
const readConfigFile = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && file === DEFAULT_CONFIG_FILE) return undefined
    throw new UserError(`Cannot read the configuration file ${file} (${message}).`, { cause: error })
  }
}
