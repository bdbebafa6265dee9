/**
 * What Fargate takes: sizes, platform versions, storage.
 * Sizes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
import type { TaskDefinitionRecord } from '../../model/records.ts'
import { Fault } from '../../wire/fault.ts'
import { clientException, invalidParameter } from './faults.ts'

const GIB = 1024

/** Memory in MiB that goes with a number of CPU units: from, to, in steps of. The smallest size has three fixed values instead. */
const MEMORY_RANGES: ReadonlyMap<number, { readonly from: number; readonly to: number; readonly step: number }> =
  new Map([
    [512, { from: GIB, to: 4 * GIB, step: GIB }],
    [1024, { from: 2 * GIB, to: 8 * GIB, step: GIB }],
    [2048, { from: 4 * GIB, to: 16 * GIB, step: GIB }],
    [4096, { from: 8 * GIB, to: 30 * GIB, step: GIB }],
    [8192, { from: 16 * GIB, to: 60 * GIB, step: 4 * GIB }],
    [16384, { from: 32 * GIB, to: 120 * GIB, step: 8 * GIB }],
  ])
const SMALLEST = { cpuUnits: 256, memoryMiB: [512, GIB, 2 * GIB] }

/** Whether Fargate has a size of that many CPU units and MiB. */
export const isFargateSize = (cpuUnits: number, memoryMiB: number): boolean => {
  if (cpuUnits === SMALLEST.cpuUnits) return SMALLEST.memoryMiB.includes(memoryMiB)
  const range = MEMORY_RANGES.get(cpuUnits)
  return range !== undefined && memoryMiB >= range.from && memoryMiB <= range.to && memoryMiB % range.step === 0
}

/** Refuses a size that Fargate does not have. Both are the normalised strings of a task: CPU units and MiB. */
export const checkFargateSize = (cpu: string | undefined, memory: string | undefined): void => {
  if (cpu === undefined || memory === undefined)
    throw clientException('Fargate requires that cpu and memory be defined at the task level.')
  if (!isFargateSize(Number(cpu), Number(memory)))
    throw clientException(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`)
}

const LATEST_PLATFORM_VERSION = '1.4.0'
const PLATFORM_VERSIONS: ReadonlySet<string> = new Set(['1.3.0', '1.4.0'])

/** What platform versions before 1.4.0 cannot do. Source: the members of the same names in the API reference. */
const NEEDS_LATEST_PLATFORM: readonly ((definition: TaskDefinitionRecord) => unknown)[] = [
  ({ ephemeralStorage }) => ephemeralStorage,
  ({ pidMode }) => pidMode,
  ({ cpu }) => Number(cpu) >= 8192,
  ({ runtimePlatform }) => runtimePlatform?.cpuArchitecture === 'ARM64',
  ({ volumes }) => volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration),
  ({ containerDefinitions }) =>
    containerDefinitions.some(
      ({ environmentFiles, systemControls }) => environmentFiles?.length || systemControls?.length,
    ),
]

/** The version that a request means, which must do what the definition asks for; `LATEST` and none are the newest. */
export const fargatePlatformVersion = (requested: string | undefined, definition: TaskDefinitionRecord): string => {
  if (requested === undefined || requested === 'LATEST' || requested === LATEST_PLATFORM_VERSION)
    return LATEST_PLATFORM_VERSION
  if (!PLATFORM_VERSIONS.has(requested))
    throw new Fault({ code: 'PlatformUnknownException', message: 'The specified platform version does not exist.' })
  if (NEEDS_LATEST_PLATFORM.some((needs) => needs(definition)))
    throw new Fault({
      code: 'PlatformTaskDefinitionIncompatibilityException',
      message: 'One or more of the requested capabilities are not supported.',
    })
  return requested
}

/** Ephemeral storage that every Fargate task has without asking. */
export const FARGATE_STORAGE_GIB = 20

/** What a task may ask for. Source: EphemeralStorage in the API reference. */
export const checkEphemeralStorage = (sizeInGiB: number): void => {
  if (sizeInGiB < 21 || sizeInGiB > 200)
    throw invalidParameter('Ephemeral storage size must be between 21 GiB and 200 GiB.')
}
