/**
 * Where the containers of tasks write: log group and stream by the task definition, as ECS names them. Containers with other drivers than
 * awslogs have no place that can be read from here, and that is said.
 */
import { type ContainerDefinition, DescribeTaskDefinitionCommand, type ECSClient, type Task } from '@aws-sdk/client-ecs'
import { shortName } from '../find-tasks.ts'

export interface LogSource {
  readonly taskId: string
  readonly containerName: string
  readonly logGroupName: string
  readonly logStreamName: string
  readonly region: string
}

export interface FoundSources {
  readonly sources: readonly LogSource[]
  /** About containers that have none, a sentence each. */
  readonly notes: readonly string[]
}

/** Where lines are kept by the driver that a task definition without one leads to. */
const USUAL_DRIVER = 'json-file'

export class LogSources {
  readonly #ecs: ECSClient
  readonly #region: string
  /** Task definitions do not change. */
  readonly #definitions = new Map<string, readonly ContainerDefinition[]>()

  constructor(ecs: ECSClient, region: string) {
    this.#ecs = ecs
    this.#region = region
  }

  /** Of all containers of the task, or of the one. */
  async of(task: Task, containerName?: string): Promise<FoundSources> {
    const definitions = await this.#definitionsOf(task.taskDefinitionArn ?? '')
    const wanted = definitions.filter(({ name }) => containerName === undefined || name === containerName)
    const found = wanted.map((definition) => sourceOf(task, definition, this.#region))
    return {
      sources: found.filter((one) => typeof one !== 'string'),
      notes: found.filter((one) => typeof one === 'string'),
    }
  }

  async #definitionsOf(arn: string): Promise<readonly ContainerDefinition[]> {
    const known = this.#definitions.get(arn)
    if (known !== undefined) return known
    const { taskDefinition } = await this.#ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))
    const definitions = taskDefinition?.containerDefinitions ?? []
    this.#definitions.set(arn, definitions)
    return definitions
  }
}

/** A sentence, if there is none. */
const sourceOf = (
  { taskArn, containers = [] }: Task,
  { name = '', logConfiguration }: ContainerDefinition,
  usualRegion: string,
): LogSource | string => {
  const { logDriver = USUAL_DRIVER, options = {} } = logConfiguration ?? {}
  if (logDriver !== 'awslogs') return `Container ${name}: ${whereInstead(logDriver)}`
  const taskId = shortName(taskArn)
  const { 'awslogs-group': logGroupName = '', 'awslogs-region': region, 'awslogs-stream-prefix': prefix } = options
  // AWS: without a prefix, Docker's driver names the stream by the container's id.
  const runtimeId = containers.find((container) => container.name === name)?.runtimeId ?? ''
  const logStreamName = prefix ? `${prefix}/${name}/${taskId}` : runtimeId
  return { taskId, containerName: name, logGroupName, logStreamName, region: region ?? usualRegion }
}

const whereInstead = (driver: string): string => {
  switch (driver) {
    case 'json-file':
    case 'local':
      return `the log driver ${driver} keeps its lines on the container instance, where 'docker logs' shows them; only awslogs can be shown here.`
    case 'none':
      return 'its log driver is none, so that its lines are nowhere.'
    case 'awsfirelens':
      return "its lines go through the task's log router (awsfirelens), to where that sends them; only awslogs can be shown here."
    default:
      return `its lines go to ${driver}; only those of awslogs can be shown here.`
  }
}
