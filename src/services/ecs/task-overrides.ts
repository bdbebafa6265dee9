/** Overrides of RunTask and StartTask: checked against the task definition, in the form in which they are stored. */
import type { ContainerOverride, TaskOverride } from '@aws-sdk/client-ecs'
import { parseArn } from '../../model/arn.ts'
import { ENVIRONMENT_FILES, RUN_TASK_OVERRIDES_BYTES } from '../../model/limits.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import { containerResources, type LaunchType, overrideOf } from '../../model/task-reservation.ts'
import { parseTaskCpu, parseTaskMemory } from '../../model/task-size.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { checkEphemeralStorage, checkFargateSize } from './fargate.ts'
import { clientException, invalidParameter } from './faults.ts'

/** Docker takes no less. */
const SMALLEST_MEMORY_MIB = 6

/** The overrides as stored: sizes in CPU units and MiB, nothing that is empty. Undefined if nothing is overridden. */
export const checkedOverrides = (
  given: TaskOverride | undefined,
  definition: TaskDefinitionRecord,
  launchType: LaunchType,
): TaskOverride | undefined => {
  const overrides = given === undefined ? undefined : normalised(given, definition, launchType)
  checkSizes(definition, overrides, launchType)
  return overrides === undefined || Object.keys(overrides).length === 0 ? undefined : overrides
}

const normalised = (given: TaskOverride, definition: TaskDefinitionRecord, launchType: LaunchType): TaskOverride => {
  if (JSON.stringify(given).length > RUN_TASK_OVERRIDES_BYTES)
    throw invalidParameter(`Container Overrides length must be at most ${RUN_TASK_OVERRIDES_BYTES}`)
  if (given.inferenceAcceleratorOverrides?.length)
    throw invalidParameter('Inference accelerators are no longer available and cannot be overridden.')
  if (given.ephemeralStorage !== undefined) checkStorage(given.ephemeralStorage.sizeInGiB, launchType)
  for (const role of [given.taskRoleArn, given.executionRoleArn]) checkRole(role)
  const containerOverrides = checkedContainers(given.containerOverrides ?? [], definition)
  return {
    ...(containerOverrides.length === 0 ? {} : { containerOverrides }),
    ...(given.cpu === undefined ? {} : { cpu: size('cpu', given.cpu, parseTaskCpu) }),
    ...(given.memory === undefined ? {} : { memory: size('memory', given.memory, parseTaskMemory) }),
    ...(given.taskRoleArn === undefined ? {} : { taskRoleArn: given.taskRoleArn }),
    ...(given.executionRoleArn === undefined ? {} : { executionRoleArn: given.executionRoleArn }),
    ...(given.ephemeralStorage === undefined ? {} : { ephemeralStorage: given.ephemeralStorage }),
  }
}

const size = (member: string, text: string, parse: (text: string) => number | undefined): string => {
  const number = parse(text)
  if (number === undefined) throw clientException(`Invalid '${member}' setting for task.`)
  return String(number)
}

const checkStorage = (sizeInGiB: number | undefined, launchType: LaunchType): void => {
  if (launchType !== 'FARGATE')
    throw invalidParameter('Ephemeral storage can be configured for tasks on AWS Fargate only.')
  checkEphemeralStorage(sizeInGiB ?? 0)
}

const checkRole = (arn: string | undefined): void => {
  if (arn === undefined) return
  const parsed = parseArn(arn)
  if (parsed?.service !== 'iam' || !parsed.resource.startsWith('role/')) throw clientException('Role is not valid')
}

const checkedContainers = (
  overrides: readonly ContainerOverride[],
  definition: TaskDefinitionRecord,
): ContainerOverride[] => {
  const names = new Set<string>()
  return overrides.map((override) => {
    const { name } = override
    if (!name) throw invalidParameter('Container override must specify the name of a container.')
    if (!definition.containerDefinitions.some((container) => container.name === name))
      throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`)
    if (names.has(name)) throw invalidParameter(`Container named ${name} is overridden more than once.`)
    names.add(name)
    checkEnvironment(override)
    checkResourceRequirements(override)
    return Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined && value !== null))
  })
}

const checkEnvironment = ({ environment = [], environmentFiles = [] }: ContainerOverride): void => {
  if (environment.some((variable) => !variable.name))
    throw invalidParameter('The name of an environment variable cannot be blank.')
  if (environmentFiles.length > ENVIRONMENT_FILES)
    throw invalidParameter(`A container can have at most ${ENVIRONMENT_FILES} environment files.`)
  for (const { type = '', value = '' } of environmentFiles) {
    oneOf('environmentFiles.type', type, ecsEnums.EnvironmentFileType)
    if (parseArn(value)?.service !== 's3' || !value.endsWith('.env'))
      throw invalidParameter(`Environment file ${value} must be the ARN of an Amazon S3 object that ends in .env.`)
  }
}

const checkResourceRequirements = ({ name, resourceRequirements = [] }: ContainerOverride): void => {
  for (const { type = '', value, sharingStrategy } of resourceRequirements) {
    if (oneOf('resourceRequirements.type', type, ecsEnums.ResourceType) !== 'GPU')
      throw invalidParameter(`Resource requirements of type ${type} are not supported.`)
    if (sharingStrategy !== undefined) throw invalidParameter('GPU sharing is not supported.')
    if (!/^[1-9]\d{0,2}$/.test(value ?? ''))
      throw clientException(`Invalid 'resourceRequirements' setting for container '${name}'.`)
  }
}

/** What the task would take with the overrides in place: each container by itself, and all within the task. */
const checkSizes = (
  definition: TaskDefinitionRecord,
  overrides: TaskOverride | undefined,
  launchType: LaunchType,
): void => {
  const cpu = overrides?.cpu ?? definition.cpu
  const memory = overrides?.memory ?? definition.memory
  if (launchType === 'FARGATE') checkFargateSize(cpu, memory)
  if (overrides === undefined) return
  let cpuUnits = 0
  for (const container of definition.containerDefinitions) {
    const override = overrideOf(overrides, container.name)
    const resources = containerResources(container, override)
    cpuUnits += resources.cpuUnits
    checkContainerSize(container.name ?? '', resources, memory)
  }
  if (cpu !== undefined && cpuUnits > Number(cpu))
    throw clientException('The sum of the CPU units of all containers cannot be greater than the CPU of the task.')
}

const checkContainerSize = (
  name: string,
  { cpuUnits, memoryMiB, memoryReservationMiB }: ReturnType<typeof containerResources>,
  taskMemory: string | undefined,
): void => {
  if (cpuUnits < 0) throw clientException(`Invalid 'cpu' setting for container '${name}'.`)
  for (const mebibytes of [memoryMiB, memoryReservationMiB]) {
    if (mebibytes === undefined) continue
    if (mebibytes < SMALLEST_MEMORY_MIB) throw clientException(`Invalid 'memory' setting for container '${name}'.`)
    if (taskMemory !== undefined && mebibytes > Number(taskMemory))
      throw clientException(`Invalid setting for container '${name}'. Its memory cannot be greater than the task's.`)
  }
  if (memoryMiB !== undefined && memoryReservationMiB !== undefined && memoryReservationMiB > memoryMiB)
    throw clientException(
      `Invalid setting for container '${name}'. 'memoryReservation' cannot be greater than 'memory'.`,
    )
}
