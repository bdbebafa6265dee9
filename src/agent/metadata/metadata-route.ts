/**
 * Task metadata by the id of a container, `/v4/<id>` and `/v3/<id>` with what stands below. Statuses of refusals differ between the two, as
 * they do in ECS; their bodies are JSON strings.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
import { findAssociation, listAssociations } from './associations.ts'
import { findOwn, type OwnContainer, type OwnTaskTools } from './own-task.ts'
import { jsonAnswer, type MetadataAnswer, type MetadataRequest, type MetadataRoute } from './route.ts'
import type { StatsView } from './stats-view.ts'
import { tagsMembers, type TagsTools } from './tags.ts'
import { containerView, type HostView, taskView } from './task-view.ts'

export interface MetadataRouteOptions extends OwnTaskTools, TagsTools {
  readonly host: () => HostView
  readonly stats: StatsView
}

type Version = 'v3' | 'v4'

/** What is below a container's id. */
interface Resource {
  /** Begins the message of every refusal. */
  readonly name: string
  /** Where version 3 does not know the id. */
  readonly unknownStatus: 400 | 500
  readonly answer: (own: OwnContainer) => Promise<MetadataAnswer>
}

const PATH = /^\/(v3|v4)\/([^/]*)(?:\/(.*))?$/

export const metadataRoute =
  (options: MetadataRouteOptions): MetadataRoute =>
  (request) => {
    const [, version, id, below = ''] = PATH.exec(request.pathname) ?? []
    if (version === undefined || id === undefined) return undefined
    const resource = resourceOf(version as Version, below, options)
    return resource && { GET: () => answered(version as Version, id, resource, request, options) }
  }

const answered = async (
  version: Version,
  id: string,
  { name, unknownStatus, answer }: Resource,
  request: MetadataRequest,
  options: MetadataRouteOptions,
): Promise<MetadataAnswer> => {
  const own = await findOwn(id, request, options)
  if ('found' in own) return answer(own.found)
  const handler = `${version.toUpperCase()} ${name} handler`
  if (own.problem === 'foreign') return jsonAnswer(403, `${handler}: ${id} is of another task`)
  return jsonAnswer(version === 'v4' ? 404 : unknownStatus, `${handler}: unable to find a container for ${id}`)
}

const resourceOf = (version: Version, below: string, options: MetadataRouteOptions): Resource | undefined => {
  const [first = '', type = '', ...name] = below.replace(/\/$/, '').split('/')
  if (first === 'associations') return type === '' ? undefined : associations(type, name.join('/'))
  switch (below.replace(/\/$/, '')) {
    case '':
      return metadata('container metadata', async ({ container }) => containerView(container, version))
    case 'task':
      return metadata('task metadata', async ({ task }) => taskView(task, version, options.host()))
    case 'taskWithTags':
      return metadata('task metadata', async ({ task }) => ({
        ...taskView(task, version, options.host()),
        ...(await tagsMembers(task.arn, version, options)),
      }))
    case 'stats':
      return statistics('container stats', ({ container }) => options.stats.ofContainer(container, version))
    case 'task/stats':
      return statistics('task stats', ({ task }) => options.stats.ofTask(task, version))
    default:
      return undefined
  }
}

const metadata = (name: string, view: (own: OwnContainer) => Promise<object>): Resource => ({
  name,
  unknownStatus: 500,
  answer: async (own) => jsonAnswer(200, await view(own)),
})

const statistics = (name: string, view: (own: OwnContainer) => Promise<object>): Resource => ({
  ...metadata(name, view),
  unknownStatus: 400,
})

const associations = (type: string, name: string): Resource => ({
  name: 'container associations',
  unknownStatus: 400,
  answer: async (own) => {
    if (name === '') return jsonAnswer(200, { Associations: listAssociations(own, type) })
    const content = findAssociation(own, type, name)
    return content === undefined
      ? jsonAnswer(400, `container associations handler: there is no association ${name} of type ${type}`)
      : { status: 200, contentType: 'application/json', body: content }
  },
})
