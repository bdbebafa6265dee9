/**
 * A task's protection from scale-in, as the task itself reads and changes it: the call to the control plane is signed with the credentials
 * of the task's role, whose policies decide.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
import type { MetadataApi, ProtectionAnswer, ProtectionCall } from '../../agentlink/metadata-api.ts'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import { isoText } from '../../kit/timestamps.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import { findOwn, type OwnTaskTools } from './own-task.ts'
import { readProtectionChange } from './protection-change.ts'
import { BodyTooLong, jsonAnswer, type MetadataAnswer, type MetadataRequest, type MetadataRoute } from './route.ts'

export interface ProtectionRouteOptions extends OwnTaskTools {
  readonly cluster: string
  readonly credentials: Pick<CredentialsStore, 'get'>
  readonly api: Pick<MetadataApi, 'protection' | 'protect'>
}

const PATH = /^\/api\/([^/]*)\/task-protection\/v1\/state$/

export const protectionRoute =
  (options: ProtectionRouteOptions): MetadataRoute =>
  (request) => {
    const [, id] = PATH.exec(request.pathname) ?? []
    if (id === undefined) return undefined
    return {
      GET: () =>
        withTask(id, request, options, (task) => called(task, options, (call) => options.api.protection(call))),
      PUT: () => change(id, request, options),
    }
  }

const change = async (
  id: string,
  request: MetadataRequest,
  options: ProtectionRouteOptions,
): Promise<MetadataAnswer> => {
  const wanted = readProtectionChange(await bodyOf(request))
  if (wanted === undefined) {
    return refusal(400, 'InvalidParameterException', 'UpdateTaskProtection: failed to decode request')
  }
  return withTask(id, request, options, (task) => {
    const { protectionEnabled } = wanted
    if (protectionEnabled !== undefined) {
      return called(task, options, (call) => options.api.protect(call, { ...wanted, protectionEnabled }))
    }
    const message = "Invalid request: does not contain 'ProtectionEnabled' field"
    return refusal(400, 'InvalidParameterException', message, task)
  })
}

/** Undefined of a request that says too much. */
const bodyOf = async ({ body }: MetadataRequest): Promise<string | undefined> => {
  try {
    return await body()
  } catch (error) {
    if (error instanceof BodyTooLong) return undefined
    throw error
  }
}

const withTask = async (
  id: string,
  request: MetadataRequest,
  options: ProtectionRouteOptions,
  answer: (task: EngineTask) => MetadataAnswer | Promise<MetadataAnswer>,
): Promise<MetadataAnswer> => {
  const own = await findOwn(id, request, options)
  if ('found' in own) return answer(own.found.task)
  return own.problem === 'unknown'
    ? refusal(404, 'ResourceNotFoundException', 'Failed to find a task for the request')
    : refusal(403, 'AccessDeniedException', 'The request is of another task')
}

/** Asks the control plane as the task. */
const called = async (
  task: EngineTask,
  { cluster, credentials: store }: ProtectionRouteOptions,
  ask: (call: ProtectionCall) => Promise<ProtectionAnswer>,
): Promise<MetadataAnswer> => {
  const credentials = store.get(task.credentialsId ?? '')?.credentials
  if (credentials === undefined) {
    const message = 'Invalid Request: no task IAM role credentials available for task'
    return refusal(403, 'AccessDeniedException', message, task)
  }
  try {
    return told(await ask({ credentials, cluster, taskArn: task.arn }), task)
  } catch (error) {
    if (error instanceof ControlApiError) return refused(error, task)
    throw error
  }
}

const told = (
  { protectedTasks: [protectedTask] = [], failures: [failure] = [] }: ProtectionAnswer,
  task: EngineTask,
) => {
  if (failure !== undefined) {
    const { arn = null, detail = null, reason = null } = failure
    return jsonAnswer(200, { failure: { Arn: arn, Detail: detail, Reason: reason } })
  }
  if (protectedTask === undefined) return refusal(500, 'ServerException', 'Unexpected error occurred', task)
  const { expirationDate, protectionEnabled = false, taskArn = null } = protectedTask
  return jsonAnswer(200, {
    protection: {
      ExpirationDate: expirationDate === undefined ? null : isoText(expirationDate * 1000),
      ProtectionEnabled: protectionEnabled,
      TaskArn: taskArn,
    },
  })
}

/** AWS: the service's own refusal, or that it gave no answer. */
const refused = ({ type, status, message, requestId }: ControlApiError, task: EngineTask): MetadataAnswer => {
  if (type === 'RequestCanceled') {
    return refusal(504, type, 'Timed out calling ECS Task Protection API', task)
  }
  if (status === 0) return refusal(500, 'ServerException', message, task)
  return refusal(status, type, message, task, requestId)
}

const refusal = (
  status: number,
  code: string,
  message: string,
  task?: EngineTask,
  requestId?: string,
): MetadataAnswer =>
  jsonAnswer(status, {
    ...(requestId !== undefined && { requestID: requestId }),
    error: { ...(task && { Arn: task.arn }), Code: code, Message: message },
  })
