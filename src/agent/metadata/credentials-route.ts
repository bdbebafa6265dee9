/**
 * Credentials of task roles, as containers fetch them: `/v2/credentials/<id>` and the older `/v1/credentials?id=<id>`. In ECS whoever knows
 * an id may read it; here it must also be a container of the task that asks. Every request is in the audit log before it is answered.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
import type { CredentialsStore, TaskCredentials } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import type { AuditLog } from './audit-log.ts'
import { type CallerTools, isOfTask } from './caller.ts'
import { jsonAnswer, type MetadataAnswer, type MetadataRequest, type MetadataRoute } from './route.ts'
import { CREDENTIALS_PATH, hasTaskRoles, type TaskRoleSupport } from './task-roles.ts'

export interface CredentialsRouteOptions extends CallerTools {
  readonly support: TaskRoleSupport
  readonly tasks: () => Iterable<EngineTask>
  readonly credentials: Pick<CredentialsStore, 'get'>
  readonly audit: Pick<AuditLog, 'record'>
}

/** What was asked for. `name` begins every error's message. */
interface Asked {
  readonly name: 'CredentialsV1Request' | 'CredentialsV2Request'
  /** As it is logged: without the id. */
  readonly path: string
  readonly id: string
}

type RoleType = TaskCredentials['roleType']

interface Known {
  readonly task: EngineTask
  readonly roleType: RoleType
}

const V1 = '/v1/credentials'
const V2 = CREDENTIALS_PATH

export const credentialsRoute =
  (options: CredentialsRouteOptions): MetadataRoute =>
  (request) => {
    const asked = askedFor(request)
    return asked && { GET: () => answered(asked, request, options) }
  }

const askedFor = ({ pathname, query }: MetadataRequest): Asked | undefined => {
  if (pathname === V1) return { name: 'CredentialsV1Request', path: V1, id: query.get('id') ?? '' }
  if (!pathname.startsWith(`${V2}/`)) return undefined
  return { name: 'CredentialsV2Request', path: V2, id: pathname.slice(V2.length + 1) }
}

const answered = async (
  asked: Asked,
  request: MetadataRequest,
  options: CredentialsRouteOptions,
): Promise<MetadataAnswer> => {
  const known = find(asked.id, options)
  const answer = await answerFor(asked, request, known, options)
  options.audit.record({
    status: answer.status,
    sourceAddress: request.sourceAddress,
    path: asked.path,
    userAgent: request.userAgent,
    taskArn: known?.task.arn ?? '',
    eventType: eventType(known),
  })
  return answer
}

const answerFor = async (
  { name, id }: Asked,
  { sourceAddress }: MetadataRequest,
  known: Known | undefined,
  options: CredentialsRouteOptions,
): Promise<MetadataAnswer> => {
  if (id === '') return refusal(400, 'NoIdInRequest', `${name}: No Credential ID in the request`)
  if (known === undefined) return refusal(400, 'InvalidIdInRequest', `${name}: Credentials not found`)
  if (!(await isAllowed(known, sourceAddress, options))) {
    return refusal(403, 'AccessDenied', `${name}: The credentials are of another task`)
  }
  const found = options.credentials.get(id)
  // After a restart, until the control plane has sent them again.
  if (found === undefined) return refusal(503, 'CredentialsUninitialized', `${name}: Credentials uninitialized for ID`)
  const { roleArn, accessKeyId, secretAccessKey, sessionToken, expiration } = found.credentials
  return jsonAnswer(200, {
    RoleArn: roleArn,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration,
  })
}

/** The execution role is for the host that runs the task, not for its containers. */
const isAllowed = ({ task, roleType }: Known, sourceAddress: string, tools: CallerTools): boolean | Promise<boolean> =>
  roleType === 'TaskExecution' ? tools.isHostAddress(sourceAddress) : isOfTask(task, sourceAddress, tools)

/**
 * The role that the id stands for, of a task whose credentials are still good. Execution roles are for the engine, whose log drivers ask for
 * them whatever the task itself may have.
 */
const find = (id: string, { tasks, support }: CredentialsRouteOptions): Known | undefined => {
  if (id === '') return undefined
  for (const task of tasks()) {
    if (task.knownStatus === 'STOPPED') continue
    if (task.executionCredentialsId === id) return { task, roleType: 'TaskExecution' }
    if (task.credentialsId === id && hasTaskRoles(task, support)) return { task, roleType: 'TaskApplication' }
  }
  return undefined
}

const refusal = (status: number, code: string, message: string): MetadataAnswer =>
  jsonAnswer(status, { code, message, HTTPErrorCode: status })

const EVENT_TYPES = { TaskApplication: 'GetCredentials', TaskExecution: 'GetCredentialsExecutionRole' } as const

/** AWS: an id that stands for nothing has no role, which the log calls an invalid one. */
const eventType = (known: Known | undefined) =>
  known === undefined ? 'GetCredentialsInvalidRoleType' : EVENT_TYPES[known.roleType]
