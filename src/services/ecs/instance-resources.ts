/**
 * The resources of a container instance: as its agent registers them, and what its tasks leave of them.
 * Source: Resource and ContainerInstance in the API reference.
 */
import type { PlatformDevice, Resource } from '@aws-sdk/client-ecs'
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'

/** AWS: a described resource has all numeric members, those of other types as 0. */
const integer = (name: string, integerValue: number): Resource => ({
  name,
  type: 'INTEGER',
  doubleValue: 0,
  longValue: 0,
  integerValue,
})
const stringSet = (name: string, stringSetValue: readonly string[]): Resource => ({
  ...integer(name, 0),
  type: 'STRINGSET',
  stringSetValue: [...stringSetValue],
})

/** The resources of a registration as they are stored: checked, and with the GPUs of the platform devices. */
export const checkedResources = (
  resources: readonly Resource[] | undefined,
  devices: readonly PlatformDevice[] | undefined,
): Pick<ContainerInstanceRecord, 'registeredResources' | 'gpuIds'> => {
  const given = (resources ?? []).map(checkedResource)
  const gpuIds = checkedGpus(devices)
  const all = gpuIds.length === 0 ? given : [...given, stringSet('GPU', gpuIds)]
  if (new Set(all.map(({ name }) => name)).size < all.length) throw invalidParameter('Duplicate resources found.')
  for (const name of ['CPU', 'MEMORY']) {
    if (all.find((resource) => resource.name === name)?.type !== 'INTEGER')
      throw invalidParameter(`The resource ${name} of type INTEGER is required.`)
  }
  return { registeredResources: all, gpuIds }
}

const checkedResource = (resource: Resource): Resource => {
  const { name, type, integerValue, longValue, doubleValue, stringSetValue } = resource
  if (!name) throw invalidParameter('Resource name cannot be empty.')
  const amount = (value: number | undefined): number => {
    if (value === undefined || !(value >= 0)) throw invalidParameter(`The value of resource ${name} is not valid.`)
    return value
  }
  switch (type) {
    case 'INTEGER':
      return integer(name, amount(integerValue))
    case 'LONG':
      return { ...integer(name, 0), type, longValue: amount(longValue) }
    case 'DOUBLE':
      return { ...integer(name, 0), type, doubleValue: amount(doubleValue) }
    case 'STRINGSET':
      return stringSet(name, [...new Set(stringSetValue ?? [])])
    default:
      throw invalidParameter(`The type of resource ${name} must be INTEGER, LONG, DOUBLE or STRINGSET.`)
  }
}

const checkedGpus = (devices: readonly PlatformDevice[] = []): readonly string[] => {
  for (const { id, type } of devices) {
    if (!id) throw invalidParameter('Platform device id cannot be empty.')
    // Tasks could not ask for any other device, so taking one would promise too much.
    if (oneOf('platformDevices.type', type ?? '', ecsEnums.PlatformDeviceType) !== 'GPU')
      throw invalidParameter(`Platform devices of type ${type} are not supported.`)
  }
  return [...new Set(devices.map(({ id }) => id ?? ''))]
}

/**
 * What the tasks leave. Numbers are what is free; ports are those that are taken, by the agent's own reservation or by a static host
 * port; GPUs are those that are free.
 */
export const remainingResources = (
  { registeredResources }: ContainerInstanceRecord,
  tasks: readonly TaskRecord[],
): Resource[] =>
  registeredResources.map((resource) => {
    const { name = '', integerValue = 0, stringSetValue = [] } = resource
    switch (name) {
      case 'CPU':
        return integer(name, integerValue - sum(tasks, ({ reservation }) => reservation.cpuUnits))
      case 'MEMORY':
        return integer(name, integerValue - sum(tasks, ({ reservation }) => reservation.memoryMiB))
      case 'PORTS':
        return stringSet(
          name,
          withPorts(
            stringSetValue,
            tasks.flatMap(({ reservation }) => reservation.tcpPorts),
          ),
        )
      case 'PORTS_UDP':
        return stringSet(
          name,
          withPorts(
            stringSetValue,
            tasks.flatMap(({ reservation }) => reservation.udpPorts),
          ),
        )
      case 'GPU':
        return stringSet(name, without(stringSetValue, tasks.flatMap(gpusOf)))
      default:
        return resource
    }
  })

const sum = (tasks: readonly TaskRecord[], amountOf: (task: TaskRecord) => number): number =>
  tasks.reduce((total, task) => total + amountOf(task), 0)

const withPorts = (reserved: readonly string[], ports: readonly number[]): string[] => [
  ...new Set([...reserved, ...ports.map(String)]),
]

const without = (all: readonly string[], taken: readonly string[]): string[] => all.filter((id) => !taken.includes(id))

const gpusOf = ({ containers }: TaskRecord): readonly string[] => containers.flatMap(({ gpuIds = [] }) => gpuIds)
