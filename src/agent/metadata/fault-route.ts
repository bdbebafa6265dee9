/**
 * Fault injection is refused: this agent does not offer the capability, so that no task whose definition enables it is placed here.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fault-injection-endpoints.html
 */
import { findOwn, type OwnTaskTools } from './own-task.ts'
import { jsonAnswer, type MetadataAnswer, type MetadataRequest, type MetadataRoute } from './route.ts'

const PATH =
  /^\/api\/([^/]*)\/fault\/v1\/(?:network-blackhole-port|network-latency|network-packet-loss)\/(?:start|stop|status)$/

export const faultRoute =
  (tools: OwnTaskTools): MetadataRoute =>
  (request) => {
    const [, id] = PATH.exec(request.pathname) ?? []
    return id === undefined ? undefined : { POST: () => refused(id, request, tools) }
  }

const refused = async (id: string, request: MetadataRequest, tools: OwnTaskTools): Promise<MetadataAnswer> => {
  const own = await findOwn(id, request, tools)
  if (!('found' in own)) {
    return own.problem === 'unknown'
      ? jsonAnswer(404, { Error: `unable to lookup container: ${id}` })
      : jsonAnswer(403, { Error: `the container is of another task: ${id}` })
  }
  const { arn, definition } = own.found.task
  const isEnabled = definition.enableFaultInjection === true
  return jsonAnswer(400, {
    Error: isEnabled
      ? 'fault injection is not supported by this agent'
      : `fault injection is not enabled for task: ${arn}`,
  })
}
