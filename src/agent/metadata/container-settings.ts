/** What containers are made with to find out about themselves: variables that name the endpoints, and the metadata file. Pure. */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { ContainerCreateBody } from '../runtime.ts'
import type { FileMount, MetadataFiles } from './metadata-files.ts'

/** What this host has to offer. */
export interface MetadataSettings {
  /** Whether the task metadata endpoint can be reached from containers. */
  readonly isServed: boolean
  readonly files: Pick<MetadataFiles, 'prepare'>
}

const ENDPOINT = 'http://169.254.170.2'

/** Of a container without network nothing: it can reach no address. */
export const metadataVariables = (
  { definition }: EngineTask,
  { endpointId }: EngineContainer,
  { isServed }: MetadataSettings,
): readonly string[] =>
  !isServed || definition.networkMode === 'none'
    ? []
    : [
        `ECS_CONTAINER_METADATA_URI=${ENDPOINT}/v3/${endpointId}`,
        `ECS_CONTAINER_METADATA_URI_V4=${ENDPOINT}/v4/${endpointId}`,
        `ECS_AGENT_URI=${ENDPOINT}/api/${endpointId}`,
      ]

/** The body of a container that has a metadata file. */
export const withMetadataFile = (body: ContainerCreateBody, { bind, variable }: FileMount): ContainerCreateBody => {
  const hostConfig = (body['HostConfig'] ?? {}) as { readonly Binds?: readonly string[] }
  return {
    ...body,
    Env: [...((body['Env'] ?? []) as readonly string[]), variable],
    HostConfig: { ...hostConfig, Binds: [...(hostConfig.Binds ?? []), bind] },
  }
}
