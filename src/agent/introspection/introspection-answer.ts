/**
 * The introspection API's answers, as the ECS agent gives them. Pure: path and query in, status and body out.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-introspection.html
 */
import type { EngineTask } from '../engine/task.ts'
import { taskView } from './introspection-view.ts'

/** What the API shows. The task engine knows it. */
export interface IntrospectionSource {
  /** As configured, `default` if it is not. */
  readonly cluster: string
  /** Undefined until the agent has registered. */
  containerInstanceArn(): string | undefined
  tasks(): readonly EngineTask[]
}

export interface IntrospectionFacts extends IntrospectionSource {
  /** e.g. `Longshore Agent - v0.1.0`. */
  readonly version: string
  readonly license: () => string
}

export interface Answer {
  readonly status: number
  readonly contentType: 'application/json' | 'text/plain'
  readonly body: string
}

const COMMANDS = ['/v1/metadata', '/v1/tasks', '/license']

/** A container's id may be cut to so many characters, as `docker ps` does. */
const SHORT_ID_LENGTH = 12

export const introspectionAnswer = (url: string, facts: IntrospectionFacts): Answer => {
  const parsed = URL.parse(url, 'http://localhost')
  if (parsed === null) return json(400, {})
  const { pathname, searchParams } = parsed
  switch (pathname.replace(/(?<=.)\/$/, '')) {
    case '/v1/metadata':
      return json(200, metadata(facts))
    case '/v1/tasks':
      return tasks(facts.tasks(), searchParams)
    case '/license':
      return { status: 200, contentType: 'text/plain', body: facts.license() }
    default:
      return { status: 200, contentType: 'text/plain', body: JSON.stringify({ AvailableCommands: COMMANDS }) }
  }
}

const json = (status: number, value: unknown): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
})

const metadata = (facts: IntrospectionFacts) => {
  // AWS: there is none before the first registration, which is null.
  const arn = facts.containerInstanceArn() ?? null
  return { Cluster: facts.cluster, ContainerInstanceArn: arn, Version: facts.version }
}

const tasks = (all: readonly EngineTask[], query: URLSearchParams): Answer => {
  const taskArn = query.get('taskarn')
  const dockerId = query.get('dockerid')
  if (taskArn && dockerId) return json(400, {})
  if (taskArn) return one(all.filter(({ arn }) => arn === taskArn))
  if (dockerId) return one(all.filter((task) => hasContainer(task, dockerId)))
  return json(200, { Tasks: all.map(taskView) })
}

/** AWS: what is not there, or not clearly one, is an empty object. */
const one = ([first, second]: readonly EngineTask[]): Answer => {
  if (first === undefined) return json(404, {})
  return second === undefined ? json(200, taskView(first)) : json(400, {})
}

const hasContainer = ({ containers }: EngineTask, dockerId: string): boolean =>
  containers.some(
    (container) =>
      container.dockerId === dockerId ||
      (dockerId.length <= SHORT_ID_LENGTH && container.dockerId?.startsWith(dockerId) === true),
  )
