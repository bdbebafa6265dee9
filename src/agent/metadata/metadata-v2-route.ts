/**
 * Task metadata by the caller's address, `/v2/metadata` and `/v2/stats`. ECS has it for tasks with a network interface of their own; here it
 * is for those on Docker's bridge, where each container has an address. Who has none of his own is told nothing.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v2.html
 */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { taskAt } from './caller.ts'
import type { MetadataRouteOptions } from './metadata-route.ts'
import { jsonAnswer, type MetadataAnswer, type MetadataRequest, type MetadataRoute } from './route.ts'
import { tagsMembers } from './tags.ts'
import { containerView, taskView } from './task-view.ts'

/** What of a task is shown, or of one of its containers. */
interface Resource {
  readonly ofTask: (task: EngineTask) => Promise<object>
  readonly ofContainer: (container: EngineContainer) => Promise<object>
}

const PATH = /^\/v2\/(metadata|metadataWithTags|stats)(?:\/([^/]*))?$/

export const metadataV2Route =
  (options: MetadataRouteOptions): MetadataRoute =>
  (request) => {
    const [, resource, containerId = ''] = PATH.exec(request.pathname) ?? []
    return resource === undefined
      ? undefined
      : { GET: () => answered(resourceOf(resource, options), containerId, request, options) }
  }

const answered = async (
  { ofTask, ofContainer }: Resource,
  containerId: string,
  { sourceAddress }: MetadataRequest,
  options: MetadataRouteOptions,
): Promise<MetadataAnswer> => {
  const task = await taskAt(sourceAddress, options.tasks(), options)
  if (task === undefined) return jsonAnswer(400, `Unable to find a task for the address ${sourceAddress}`)
  if (containerId === '') return jsonAnswer(200, await ofTask(task))
  const container = task.containers.find(({ dockerId }) => dockerId === containerId)
  if (container === undefined) return jsonAnswer(400, `Unable to find the container ${containerId} in the task`)
  return jsonAnswer(200, await ofContainer(container))
}

const resourceOf = (name: string, options: MetadataRouteOptions): Resource => {
  const { stats, host } = options
  const ofContainer = async (container: EngineContainer) => containerView(container, 'v2')
  switch (name) {
    case 'stats':
      return {
        ofTask: (task) => stats.ofTask(task, 'v2'),
        ofContainer: (container) => stats.ofContainer(container, 'v2'),
      }
    case 'metadataWithTags':
      return {
        ofTask: async (task) => ({
          ...taskView(task, 'v2', host()),
          ...(await tagsMembers(task.arn, 'v2', options)),
        }),
        ofContainer,
      }
    default:
      return { ofTask: async (task) => taskView(task, 'v2', host()), ofContainer }
  }
}
