/**
 * From a payload to the record of a task. Everything that must never change again is decided here: the containers' names in the
 * runtime, the volumes' sources, the ids of their endpoints. What a payload cannot mean is refused with a `TaskError`.
 */
import type { PayloadContainer, PayloadTask, PayloadVolume } from '../../agentlink/acs-messages.ts'
import type { Ids } from '../../kit/ids.ts'
import { parseArn } from '../../model/arn.ts'
import { routeLogs } from '../firelens/log-routing.ts'
import { canBeOrdered } from './dependencies.ts'
import { unresolvable } from './reasons.ts'
import type { EngineContainer, EngineTask, EngineVolume } from './task.ts'

/** A task that cannot be loaded; the message is the detail that the control plane gets to see. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
}

const NAME_DIGITS = 20

export const acceptTask = (payload: PayloadTask, arrival: number, ids: Ids): EngineTask => {
  const { roleCredentials, executionRoleCredentials, desiredStatus, ...members } = payload
  if (!isTaskArn(payload.arn)) throw new TaskError(`invalid task ARN: ${String(payload.arn)}`)
  if (desiredStatus !== 'RUNNING' && desiredStatus !== 'STOPPED') {
    throw new TaskError(`unrecognized desired status: ${String(desiredStatus)}`)
  }
  const definition = { ...members, containers: routeLogs((payload.containers ?? []).map(withDefaults)) }
  if (definition.containers.length === 0) throw new TaskError('the task has no containers')
  const containers = definition.containers.map((container) => acceptContainer(payload, container, ids))
  const isOrdered = canBeOrdered(containers)
  return {
    arn: payload.arn,
    definition,
    // AWS: a task whose order cannot be resolved stops without any of its containers being mentioned.
    containers: isOrdered ? containers : [],
    volumes: (payload.volumes ?? []).map((volume) => acceptVolume(payload, volume, ids)),
    ...(roleCredentials && { credentialsId: roleCredentials.credentialsId }),
    ...(executionRoleCredentials && { executionCredentialsId: executionRoleCredentials.credentialsId }),
    knownStatus: 'NONE',
    desiredStatus: isOrdered ? desiredStatus : 'STOPPED',
    resources: 'WAITING',
    limits: 'NONE',
    logRouting: 'NONE',
    arrival,
    reason: isOrdered ? '' : unresolvable(payload.arn),
    jitter: ids.random(),
    hasRun: false,
    sentStatus: 'NONE',
  }
}

export const isTaskArn = (arn: unknown): arn is string =>
  typeof arn === 'string' && parseArn(arn)?.resource.includes('/') === true

/** A task of which nothing is known but that it has to be stopped, or why it could not be loaded. */
export const emptyTask = (arn: string, arrival: number, reason: string, ids: Ids): EngineTask => ({
  arn,
  definition: { arn },
  containers: [],
  volumes: [],
  knownStatus: 'NONE',
  desiredStatus: 'STOPPED',
  resources: 'WAITING',
  limits: 'NONE',
  logRouting: 'NONE',
  arrival,
  reason,
  jitter: ids.random(),
  hasRun: false,
  sentStatus: 'NONE',
})

/** Other control planes leave out what is empty. */
const withDefaults = (given: Partial<PayloadContainer>): PayloadContainer => {
  const { name, image } = given
  if (!name || !image) throw new TaskError('a container has no name or no image')
  return {
    containerArn: '',
    cpu: 0,
    memory: 0,
    essential: false,
    overrides: '{}',
    dockerConfig: {},
    ...given,
    name,
    image,
  }
}

const acceptContainer = (task: PayloadTask, definition: PayloadContainer, ids: Ids): EngineContainer => {
  return {
    definition,
    dockerName: dockerName(task, definition.name, ids),
    endpointId: ids.uuid(),
    hostPortRanges: [],
    knownStatus: 'NONE',
    desiredStatus: 'RUNNING',
    reason: '',
    ports: [],
    networks: [],
    mounts: [],
    restartCount: 0,
    restartPending: false,
    startUncertain: false,
    sentStatus: 'NONE',
    removed: false,
  }
}

/** `ecs-<family>-<revision>-<name>-<20 hexadecimal digits>`, which tools recognise containers and volumes by. */
const dockerName = (task: PayloadTask, name: string, ids: Ids): string => {
  const digits = ids.hex32().slice(0, NAME_DIGITS)
  return ['ecs', task.family ?? '', task.version ?? '', name.replace(/[^A-Za-z0-9-]/g, ''), digits].join('-')
}

const acceptVolume = (task: PayloadTask, volume: PayloadVolume, ids: Ids): EngineVolume => {
  const type = volume.type ?? 'host'
  if (type === 'docker' || (volume.type === undefined && volume.dockerVolumeConfiguration))
    return dockerVolume(task, volume, ids)
  if (type !== 'host') throw new TaskError(`unrecognized volume type: ${type}`)
  if (volume.host === undefined) throw new TaskError(`volume ${volume.name} of type host has no host object`)
  const { sourcePath } = volume.host
  if (sourcePath)
    return { name: volume.name, scope: 'host', source: sourcePath, autoprovision: false, status: 'CREATED' }
  return {
    name: volume.name,
    scope: 'task',
    source: dockerName(task, volume.name, ids),
    autoprovision: true,
    status: 'NONE',
  }
}

const dockerVolume = (
  task: PayloadTask,
  { name, dockerVolumeConfiguration = {} }: PayloadVolume,
  ids: Ids,
): EngineVolume => {
  const { scope = 'task', autoprovision = false, driver, driverOpts, labels } = dockerVolumeConfiguration
  return {
    name,
    scope,
    source: scope === 'shared' ? name : dockerName(task, name, ids),
    autoprovision,
    ...(driver && { driver }),
    ...(driverOpts && { driverOpts }),
    ...(labels && { labels }),
    status: 'NONE',
  }
}
