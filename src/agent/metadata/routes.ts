/** What the task metadata server answers, all of it; loaded with the first request. */
import type { MetadataApi } from '../../agentlink/metadata-api.ts'
import type { Clock } from '../../kit/clock.ts'
import type { AgentConfig } from '../config.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import type { TaskListener } from '../engine/engine.ts'
import type { EngineTask } from '../engine/task.ts'
import type { LogRelay } from '../log-relay/log-relay.ts'
import type { HostPlace } from '../registration/registration.ts'
import type { ContainerRuntime, ContainerStats } from '../runtime.ts'
import { AuditLog, type auditWriter } from './audit-log.ts'
import { isHostAddress } from './caller.ts'
import { credentialsRoute } from './credentials-route.ts'
import { faultRoute } from './fault-route.ts'
import { metadataRoute } from './metadata-route.ts'
import { metadataV2Route } from './metadata-v2-route.ts'
import { protectionRoute } from './protection-route.ts'
import type { MetadataRoute } from './route.ts'
import { StatsView } from './stats-view.ts'
import { wantedTaskRoles } from './task-roles.ts'
import type { HostView } from './task-view.ts'

/** What is told about. The agent knows it. */
export interface MetadataSource {
  readonly cluster: string
  readonly containerInstanceArn: string | undefined
  readonly place: HostPlace
  readonly credentials: Pick<CredentialsStore, 'get'>
  tasks(): Iterable<EngineTask>
  listen(listener: TaskListener): void
  lastSample(dockerId: string): ContainerStats | undefined
}

/** What is asked of others. */
export interface MetadataTools {
  readonly runtime: Pick<ContainerRuntime, 'inspect' | 'stats'>
  readonly api: Pick<MetadataApi, 'tagsOf' | 'protection' | 'protect'>
  /** Where Docker gets the keys of its log drivers; absent where it needs none. */
  readonly logRelay?: Pick<LogRelay, 'route'>
}

export interface RoutesOptions {
  readonly config: AgentConfig
  readonly clock: Clock
  readonly source: MetadataSource
  readonly tools: MetadataTools
  readonly audit: ReturnType<typeof auditWriter>
}

export const routesOf = ({ config, clock, source, tools, audit }: RoutesOptions): readonly MetadataRoute[] => {
  const { runtime, api, logRelay } = tools
  const { cluster, credentials } = source
  const containerInstanceArn = (): string | undefined => source.containerInstanceArn
  const auditLog = new AuditLog({ clock, cluster, containerInstanceArn, write: (line) => audit.write(line) })
  const callers = { runtime, isHostAddress, tasks: () => source.tasks() }
  const stats = new StatsView({ runtime, lastSample: (dockerId) => source.lastSample(dockerId) })
  source.listen((after, before) => {
    if (after === undefined && before !== undefined) stats.forget(before)
  })
  const host = (): HostView => {
    const { availabilityZone, vpcId } = source.place
    return { cluster, vpcId, ...(!config.disableTaskMetadataAz && { availabilityZone }) }
  }
  const metadata = { ...callers, host, stats, api, containerInstanceArn }
  return [
    credentialsRoute({ ...callers, support: wantedTaskRoles(config), credentials, audit: auditLog }),
    metadataRoute(metadata),
    metadataV2Route(metadata),
    protectionRoute({ ...callers, cluster, credentials, api }),
    faultRoute(callers),
    ...(logRelay === undefined ? [] : [logRelay.route(source, auditLog)]),
  ]
}
