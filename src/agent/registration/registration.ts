/**
 * The contents of `RegisterContainerInstance`: what the host has, what it is, what the operator says of it; and the check of the
 * answer. Pure; the call itself is the agent's.
 */
import type { Resource } from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import type { AttributeRecord, Tag } from '../../model/records.ts'
import { type AgentConfig, ConfigError } from '../config.ts'
import type { RuntimeInfo } from '../runtime.ts'

const CPU_UNITS_PER_CORE = 1024

/** Throws `ConfigError` if more memory is reserved than there is. */
export const totalResources = (
  { reservedMemoryMiB, reservedPorts, reservedPortsUdp }: AgentConfig,
  { cpus, memoryMiB }: Pick<RuntimeInfo, 'cpus' | 'memoryMiB'>,
): Resource[] => {
  const memory = memoryMiB - reservedMemoryMiB
  if (memory < 0)
    throw new ConfigError(
      `ECS_RESERVED_MEMORY: ${reservedMemoryMiB} MiB is more than the ${memoryMiB} MiB of this host`,
    )
  return [
    { name: 'CPU', type: 'INTEGER', integerValue: cpus * CPU_UNITS_PER_CORE },
    { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: reservedPorts.map(String) },
    { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: reservedPortsUdp.map(String) },
  ]
}

/** The architecture is told always: there is no instance document from which the control plane could know it. */
export const platformAttributes = (config: AgentConfig, info: Pick<RuntimeInfo, 'architecture'>): AttributeRecord[] => [
  { name: 'ecs.os-type', value: 'linux' },
  { name: 'ecs.os-family', value: 'LINUX' },
  { name: 'ecs.os-type-detailed', value: config.detailedOsFamily },
  { name: 'ecs.cpu-architecture', value: info.architecture },
]

/** Of `ECS_INSTANCE_ATTRIBUTES`. AWS: they are told at the first registration only; later the control plane's values stand. */
export const customAttributes = ({ instanceAttributes }: AgentConfig): AttributeRecord[] =>
  Object.entries(instanceAttributes).map(([name, value]) => (value === '' ? { name } : { name, value }))

export const instanceTags = ({ containerInstanceTags }: AgentConfig): Tag[] =>
  Object.entries(containerInstanceTags).map(([key, value]) => ({ key, value }))

/** Where the host is, as far as the control plane knows. */
export interface HostPlace {
  readonly availabilityZone?: string
  readonly vpcId?: string
}

/** Of the attributes that an instance is registered with: the control plane may have added some. */
export const placeOf = (attributes: readonly ReceivedAttribute[]): HostPlace => {
  const valueOf = (wanted: string): string | undefined => attributes.find(({ name }) => name === wanted)?.value
  return compact({ availabilityZone: valueOf('ecs.availability-zone'), vpcId: valueOf('ecs.vpc-id') })
}

interface ReceivedAttribute {
  readonly name?: string | undefined
  readonly value?: string | undefined
}

/** Attributes that were sent and did not come back with the same value: a control plane that loses any cannot be relied on. */
export const lostAttributes = (
  sent: readonly AttributeRecord[],
  received: readonly ReceivedAttribute[],
): AttributeRecord[] => {
  const values = new Map(received.map(({ name, value }) => [name, value ?? '']))
  return sent.filter(({ name, value = '' }) => values.get(name) !== value)
}
