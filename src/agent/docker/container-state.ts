/** Reads the engine's answer to `GET /containers/{id}/json` as the state that the task engine works with. */
import type { ContainerState, PortBinding } from '../runtime.ts'
import type { HealthAnswer, InspectAnswer, PublishedPort } from './engine-types.ts'

/** How the engine writes a time that never came. */
const NEVER = '0001-01-01T00:00:00Z'

/** ECS reports at most this much of a health check's output. */
const HEALTH_OUTPUT_LENGTH = 1024

export const containerStateOf = (answer: InspectAnswer): ContainerState => {
  const { State: state, NetworkSettings: network } = answer
  const finishedAt = happened(state.FinishedAt)
  const isFinished = finishedAt !== undefined && (state.Status === 'exited' || state.Status === 'dead')
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ''),
    image: answer.Config.Image,
    imageId: answer.Image,
    labels: answer.Config.Labels ?? {},
    status: state.Status as ContainerState['status'],
    ...(state.Pid && { processId: state.Pid }),
    ...(isFinished && { exitCode: state.ExitCode }),
    oomKilled: state.OOMKilled,
    error: state.Error,
    ...optional('createdAt', happened(answer.Created)),
    ...optional('startedAt', happened(state.StartedAt)),
    ...optional('finishedAt', finishedAt),
    ...(state.Health && { health: healthOf(state.Health) }),
    ports: Object.entries(network.Ports ?? {}).flatMap(([port, published]) => bindingsOf(port, published ?? [])),
    networks: Object.entries(network.Networks ?? {}).map(([name, { IPAddress, GlobalIPv6Address }]) => ({
      name,
      ipv4Address: IPAddress,
      ...(GlobalIPv6Address && { ipv6Address: GlobalIPv6Address }),
    })),
    mounts: (answer.Mounts ?? []).map(({ Name, Source, Destination }) => ({
      ...optional('name', Name),
      source: Source,
      destination: Destination,
    })),
  }
}

const optional = <Name extends string>(name: Name, value: string | undefined): { [N in Name]?: string } =>
  value === undefined ? {} : ({ [name]: value } as { [N in Name]?: string })

const happened = (time: string): string | undefined => (time === '' || time === NEVER ? undefined : time)

const healthOf = ({ Status, Log }: HealthAnswer): NonNullable<ContainerState['health']> => {
  const last = Log?.at(-1)
  return {
    status: Status as NonNullable<ContainerState['health']>['status'],
    output: last?.Output.slice(0, HEALTH_OUTPUT_LENGTH) ?? '',
    ...(last && { exitCode: last.ExitCode, since: last.End }),
  }
}

/** `port` is e.g. `80/tcp`. */
const bindingsOf = (port: string, published: readonly PublishedPort[]): PortBinding[] => {
  const [containerPort, protocol] = port.split('/')
  if (protocol !== 'tcp' && protocol !== 'udp') return []
  return published.map(({ HostIp, HostPort }) => ({
    containerPort: Number(containerPort),
    protocol,
    hostIp: HostIp,
    hostPort: Number(HostPort),
  }))
}
