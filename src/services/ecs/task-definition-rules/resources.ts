/** CPU, memory and GPUs of containers, and how they fit into what the task as a whole has. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { ecsEnums } from '../enums.ts'
import { clientException } from '../faults.ts'
import { type ContainerRule, ensure, requireOneOf, type TaskRule } from './rule.ts'
import { parseCpu, parseMemory } from './task-size.ts'

/** Docker's own minimum. Source: ContainerDefinition.memory in the API reference. */
const CONTAINER_MEMORY_MIN_MIB = 6
/** Source: RegisterTaskDefinition.cpu in the API reference. */
const TASK_CPU_MIN_UNITS = 128
const TASK_CPU_MAX_UNITS = 196_608

const SEE_GUIDE = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'

const taskCpu = ({ cpu }: RegisterTaskDefinitionRequest): number | undefined => (cpu ? parseCpu(cpu) : undefined)
const taskMemory = ({ memory }: RegisterTaskDefinitionRequest): number | undefined =>
  memory ? parseMemory(memory) : undefined

export const taskSizeIsValid: TaskRule = (task) => {
  const cpu = taskCpu(task)
  if (task.cpu !== undefined) {
    const valid = cpu !== undefined && cpu >= TASK_CPU_MIN_UNITS && cpu <= TASK_CPU_MAX_UNITS
    ensure(valid, `Invalid 'cpu' setting for task. ${SEE_GUIDE}`)
  }
  if (task.memory !== undefined) {
    ensure((taskMemory(task) ?? 0) >= CONTAINER_MEMORY_MIN_MIB, `Invalid 'memory' setting for task. ${SEE_GUIDE}`)
  }
}

export const containerMemoryIsValid: ContainerRule = (container, task) => {
  const { name, memory, memoryReservation } = container
  const invalid = `Invalid setting for container '${name}'.`
  // AWS: memory may be left to the task when the task has any.
  if (!memory && !memoryReservation) {
    ensure(task.memory !== undefined, `${invalid} At least one of 'memory' or 'memoryReservation' must be specified.`)
  }
  for (const [member, value] of Object.entries({ memory, memoryReservation })) {
    if (value)
      ensure(
        value >= CONTAINER_MEMORY_MIN_MIB,
        `${invalid} '${member}' must be at least ${CONTAINER_MEMORY_MIN_MIB} MiB.`,
      )
  }
  if (memory && memoryReservation) {
    ensure(memory > memoryReservation, `${invalid} 'memory' must be greater than 'memoryReservation'.`)
  }
}

export const containersFitIntoTask: TaskRule = (task) => {
  const { containerDefinitions = [] } = task
  const memoryMiB = taskMemory(task) ?? Infinity
  for (const { name, memory = 0, memoryReservation = 0 } of containerDefinitions) {
    const largest = Math.max(memory, memoryReservation)
    ensure(largest <= memoryMiB, `The 'memory' setting for container '${name}' is greater than for the task.`)
  }
  const reserved = containerDefinitions.map(({ memory, memoryReservation }) => memoryReservation || memory || 0)
  requireSum('memory', reserved, memoryMiB)
  requireSum(
    'cpu',
    containerDefinitions.map(({ cpu = 0 }) => cpu),
    taskCpu(task) ?? Infinity,
  )
}

const requireSum = (member: string, values: readonly number[], limit: number): void => {
  const sum = values.reduce((total, value) => total + value, 0)
  if (sum <= limit) return
  throw clientException(
    `The sum of all container '${member}' values cannot be greater than the value of the task '${member}'.`,
  )
}

export const containerCpuIsValid: ContainerRule = ({ name, cpu = 0 }) =>
  ensure(cpu >= 0, `Invalid setting for container '${name}'. 'cpu' must not be negative.`)

/** Whole GPUs only: sharing one, and devices that only AWS's own hosts have, are refused. */
export const resourceRequirementsAreValid: ContainerRule = ({ name, resourceRequirements = [] }) => {
  for (const { type, value = '', sharingStrategy } of resourceRequirements) {
    requireOneOf('resourceRequirements.type', type, ecsEnums.ResourceType)
    ensure(type === 'GPU', `Resource requirements of type ${type} are not supported.`)
    ensure(sharingStrategy === undefined, 'GPU sharing strategies are not supported.')
    ensure(
      /^[1-9]\d{0,2}$/.test(value),
      `Invalid GPU resource requirement for container '${name}'. The value must be a positive integer.`,
    )
  }
  ensure(resourceRequirements.length <= 1, `Container '${name}' specifies the resource type GPU more than once.`)
}
