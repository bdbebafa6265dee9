/** Every table of the control plane, declared in one place. A change of a record's shape needs a migration (`journal/`). */
import type {
  GroupRecord,
  InstanceProfileRecord,
  OidcProviderRecord,
  PolicyRecord,
  RoleRecord,
  UserRecord,
} from '../model/iam-records.ts'
import type { KmsAliasRecord, KmsGrantRecord, KmsKeyMaterialRecord, KmsKeyRecord } from '../model/kms-records.ts'
import type {
  LogDeliveryRecord,
  LogDestinationRecord,
  MetricFilterRecord,
  QueryDefinitionRecord,
  SubscriptionFilterRecord,
} from '../model/log-filter-records.ts'
import { type LogGroupRecord, logGroupRegionKey, logStreamKey, type LogStreamRecord } from '../model/log-records.ts'
import {
  type ParameterRecord,
  parameterRegionKey,
  parameterTierKey,
  parameterVersionKey,
  type ParameterVersionRecord,
} from '../model/parameter-records.ts'
import { targetInstanceId } from '../model/load-balancing/instance-target.ts'
import { hasEnded, type SessionRecord, sessionRegionKey } from '../model/exec-session.ts'
import type { ActivationRecord, ManagedInstanceRecord } from '../model/managed-instance-records.ts'
import type {
  AccessKeyRecord,
  AccountSettingRecord,
  ClientTokenRecord,
  ClusterRecord,
  ContainerInstanceRecord,
  InstallationKeyRecord,
  SettingRecord,
  TaskContainerRecord,
  TaskDefinitionFamilyRecord,
  TaskDefinitionRecord,
  TaskRecord,
} from '../model/records.ts'
import {
  type SecretRecord,
  secretNameKey,
  secretVersionKey,
  type SecretVersionRecord,
} from '../model/secret-records.ts'
import type {
  CapacityProviderRecord,
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceEventRecord,
  ServiceRecord,
  ServiceRevisionRecord,
  TaskSetRecord,
} from '../model/service-records.ts'
import { isDeploymentId, serviceNameOfGroup } from '../model/arn.ts'
import type { SessionKeyRecord } from '../model/session-keys.ts'
import { ec2Tables } from './ec2/ec2-tables.ts'
import { certificateTables } from './certificates/certificate-tables.ts'
import { imageTables } from './images/image-tables.ts'
import { registryRuleTables } from './images/registry-rule-tables.ts'
import { loadBalancingTables } from './load-balancing/load-balancing-tables.ts'
import {
  defineTable,
  type Mutable,
  type Sharing,
  type Table,
  type TableDefinition,
  type TableReader,
  type TableWriter,
} from './table.ts'

/** The instance whose agent runs the task. */
export const hostOf = (task: TaskRecord): string | undefined => task.containerInstanceId ?? task.hostInstanceId

export const isStopped = (task: TaskRecord): boolean => task.lastStatus === 'STOPPED'

/** It has no host yet: it waits for capacity of its capacity provider. */
export const isWaiting = (task: TaskRecord): boolean => task.waiting !== undefined && !isStopped(task)

/** Statuses that count as pending in `pendingTasksCount`; RUNNING and ACTIVATING count as running. */
const countedStatus = (task: TaskRecord): 'PENDING' | 'RUNNING' | undefined => {
  if (task.lastStatus === 'RUNNING') return 'RUNNING'
  if (task.lastStatus === 'PROVISIONING' || task.lastStatus === 'PENDING' || task.lastStatus === 'ACTIVATING')
    return 'PENDING'
  return undefined
}

/** Key of the task counters: `<cluster ARN or container instance id>/<PENDING or RUNNING>`. */
export const taskCountKey = (owner: string, status: 'PENDING' | 'RUNNING'): string => `${owner}/${status}`

const familyOf = ({ taskDefinitionArn: arn }: TaskRecord): string =>
  arn.slice(arn.lastIndexOf('/') + 1, arn.lastIndexOf(':'))

/** Key of the indexes that ListTasks walks: `<cluster ARN>/<desired status>[/<family or startedBy>]`. */
export const taskListKey = (clusterArn: string, desiredStatus: string, filter?: string): string =>
  filter === undefined ? `${clusterArn}/${desiredStatus}` : `${clusterArn}/${desiredStatus}/${filter}`

/** The index value of a service's tasks, and of those of its tasks that stopped and were not yet taken note of. */
export const serviceTasksKey = (clusterArn: string, serviceName: string): string => `${clusterArn}/${serviceName}`

const serviceOf = ({ clusterArn, group }: TaskRecord): string | undefined => {
  const name = serviceNameOfGroup(group)
  return name === undefined ? undefined : serviceTasksKey(clusterArn, name)
}

const countUnder = (owner: string | undefined, task: TaskRecord): string | undefined => {
  const status = countedStatus(task)
  return owner === undefined || status === undefined ? undefined : taskCountKey(owner, status)
}

const shareTask = (task: Mutable<TaskRecord>, shared: Sharing): void => {
  task.clusterArn = shared.text(task.clusterArn)
  task.taskDefinitionArn = shared.text(task.taskDefinitionArn)
  task.group = shared.text(task.group)
  task.reservation = shared.value(task.reservation)
  if (task.containerInstanceId !== undefined) task.containerInstanceId = shared.text(task.containerInstanceId)
  if (task.hostInstanceId !== undefined) task.hostInstanceId = shared.text(task.hostInstanceId)
  for (const container of task.containers as readonly Mutable<TaskContainerRecord>[]) {
    container.name = shared.text(container.name)
    container.image = shared.text(container.image)
    if (container.imageDigest !== undefined) container.imageDigest = shared.text(container.imageDigest)
  }
}

export const tableDefinitions = {
  clusters: defineTable<ClusterRecord>()({ name: 'clusters', key: (row) => row.clusterArn }),
  taskDefinitions: defineTable<TaskDefinitionRecord>()({
    name: 'taskDefinitions',
    key: (row) => row.taskDefinitionArn,
    indexes: { byFamily: (row) => row.taskDefinitionArn.slice(0, row.taskDefinitionArn.lastIndexOf(':')) },
  }),
  taskDefinitionFamilies: defineTable<TaskDefinitionFamilyRecord>()({
    name: 'taskDefinitionFamilies',
    key: (row) => row.familyArn,
  }),
  containerInstances: defineTable<ContainerInstanceRecord>()({
    name: 'containerInstances',
    key: (row) => row.containerInstanceId,
    indexes: {
      byCluster: (row) => row.clusterArn,
      byClientToken: (row) => row.clientToken,
      /** Those that are not INACTIVE, as targets of load balancers name them. */
      byTargetId: (row) => (row.status === 'INACTIVE' ? undefined : targetInstanceId(row)),
    },
    counters: { registeredInCluster: (row) => (row.status === 'INACTIVE' ? undefined : row.clusterArn) },
  }),
  tasks: defineTable<TaskRecord>()({
    name: 'tasks',
    key: (row) => row.taskId,
    indexes: {
      byCluster: (row) => row.clusterArn,
      listed: (row) => taskListKey(row.clusterArn, row.desiredStatus),
      listedByFamily: (row) => taskListKey(row.clusterArn, row.desiredStatus, familyOf(row)),
      listedByStartedBy: (row) =>
        row.startedBy === undefined ? undefined : taskListKey(row.clusterArn, row.desiredStatus, row.startedBy),
      /** ListTasks by service. */
      listedByService: (row) => {
        const name = serviceNameOfGroup(row.group)
        return name === undefined ? undefined : taskListKey(row.clusterArn, row.desiredStatus, name)
      },
      /** Tasks of a service that have not stopped, by `serviceTasksKey`. */
      activeByService: (row) => (isStopped(row) ? undefined : serviceOf(row)),
      /** Tasks of a service that stopped and that its scheduler has to take note of, by `serviceTasksKey`. */
      unsettledByService: (row) => (isStopped(row) && row.isSettled !== true ? serviceOf(row) : undefined),
      /** Tasks that wait for capacity, by cluster, the oldest first. */
      waiting: (row) => (isWaiting(row) ? row.clusterArn : undefined),
      /** Tasks that have not stopped, by the instance whose agent runs them. */
      activeByInstance: (row) => (isStopped(row) ? undefined : hostOf(row)),
      /** Tasks that stopped and are still visible, all under the value `STOPPED`. */
      stopped: (row) => (isStopped(row) ? 'STOPPED' : undefined),
    },
    sorted: ['listed', 'listedByFamily', 'listedByStartedBy', 'listedByService', 'waiting'],
    counters: {
      inCluster: (row) => countUnder(row.clusterArn, row),
      /** Those of one launch type; the rest of `inCluster` is EC2, so that its tasks cost no third counter. */
      fargateInCluster: (row) => (row.launchType === 'FARGATE' ? countUnder(row.clusterArn, row) : undefined),
      externalInCluster: (row) => (row.launchType === 'EXTERNAL' ? countUnder(row.clusterArn, row) : undefined),
      /** Of one deployment or task set, by its id. One that was asked to stop counts no more, least of all on a host that is lost. */
      inDeployment: (row) =>
        row.startedBy === undefined || row.desiredStatus === 'STOPPED' || !isDeploymentId(row.startedBy)
          ? undefined
          : countUnder(row.startedBy, row),
      onInstance: (row) => countUnder(row.containerInstanceId, row),
    },
    share: shareTask,
  }),
  services: defineTable<ServiceRecord>()({
    name: 'services',
    key: (row) => row.serviceArn,
    /** Those that are ACTIVE or DRAINING. */
    indexes: {
      byCluster: (row) => (row.status === 'INACTIVE' ? undefined : row.clusterArn),
      /** Express services. */
      byExpressLoadBalancer: (row) => (row.status === 'INACTIVE' ? undefined : row.express?.loadBalancerArn),
    },
    counters: { activeInCluster: (row) => (row.status === 'ACTIVE' ? row.clusterArn : undefined) },
  }),
  serviceRevisions: defineTable<ServiceRevisionRecord>()({
    name: 'serviceRevisions',
    key: (row) => row.serviceRevisionArn,
    indexes: { byService: (row) => row.serviceArn },
  }),
  deployments: defineTable<DeploymentRecord>()({
    name: 'deployments',
    key: (row) => row.deploymentId,
    indexes: { byService: (row) => row.serviceArn },
  }),
  taskSets: defineTable<TaskSetRecord>()({
    name: 'taskSets',
    key: (row) => row.taskSetId,
    indexes: { byService: (row) => row.serviceArn },
  }),
  serviceDeployments: defineTable<ServiceDeploymentRecord>()({
    name: 'serviceDeployments',
    key: (row) => row.serviceDeploymentArn,
    indexes: { byService: (row) => row.serviceArn },
  }),
  serviceEvents: defineTable<ServiceEventRecord>()({
    name: 'serviceEvents',
    key: (row) => row.eventId,
    indexes: { byService: (row) => row.serviceArn },
  }),
  capacityProviders: defineTable<CapacityProviderRecord>()({
    name: 'capacityProviders',
    key: (row) => row.capacityProviderArn,
  }),
  accountSettings: defineTable<AccountSettingRecord>()({ name: 'accountSettings', key: (row) => row.key }),
  clientTokens: defineTable<ClientTokenRecord>()({ name: 'clientTokens', key: (row) => row.key }),
  accessKeys: defineTable<AccessKeyRecord>()({
    name: 'accessKeys',
    key: (row) => row.accessKeyId,
    indexes: { byPrincipal: (row) => row.principalArn },
  }),
  users: defineTable<UserRecord>()({ name: 'users', key: (row) => row.key }),
  groups: defineTable<GroupRecord>()({ name: 'groups', key: (row) => row.key }),
  roles: defineTable<RoleRecord>()({ name: 'roles', key: (row) => row.key }),
  policies: defineTable<PolicyRecord>()({ name: 'policies', key: (row) => row.arn }),
  instanceProfiles: defineTable<InstanceProfileRecord>()({ name: 'instanceProfiles', key: (row) => row.key }),
  oidcProviders: defineTable<OidcProviderRecord>()({ name: 'oidcProviders', key: (row) => row.arn }),
  kmsKeys: defineTable<KmsKeyRecord>()({ name: 'kmsKeys', key: (row) => row.keyId }),
  kmsKeyMaterials: defineTable<KmsKeyMaterialRecord>()({
    name: 'kmsKeyMaterials',
    key: (row) => row.materialId,
    indexes: { byKey: (row) => row.keyId },
  }),
  kmsAliases: defineTable<KmsAliasRecord>()({
    name: 'kmsAliases',
    key: (row) => row.arn,
    indexes: { byKey: (row) => row.targetKeyId },
  }),
  kmsGrants: defineTable<KmsGrantRecord>()({
    name: 'kmsGrants',
    key: (row) => row.grantId,
    indexes: { byKey: (row) => row.keyId, byRetiringPrincipal: (row) => row.retiringPrincipal },
  }),
  secrets: defineTable<SecretRecord>()({
    name: 'secrets',
    key: (row) => row.arn,
    indexes: { byName: (row) => secretNameKey(row.region, row.account, row.name) },
  }),
  secretVersions: defineTable<SecretVersionRecord>()({
    name: 'secretVersions',
    key: (row) => secretVersionKey(row.secretArn, row.versionId),
    indexes: { bySecret: (row) => row.secretArn },
  }),
  parameters: defineTable<ParameterRecord>()({
    name: 'parameters',
    key: (row) => row.arn,
    indexes: { inRegion: (row) => parameterRegionKey(row.region, row.account) },
    sorted: ['inRegion'],
    counters: { inTier: (row) => parameterTierKey(row.region, row.account, row.tier) },
  }),
  parameterVersions: defineTable<ParameterVersionRecord>()({
    name: 'parameterVersions',
    key: (row) => parameterVersionKey(row.arn, row.version),
    indexes: { byParameter: (row) => row.arn },
    sorted: ['byParameter'],
  }),
  logGroups: defineTable<LogGroupRecord>()({
    name: 'logGroups',
    key: (row) => row.arn,
    indexes: { inRegion: (row) => logGroupRegionKey(row.region, row.account), byId: (row) => row.groupId },
    sorted: ['inRegion'],
  }),
  logStreams: defineTable<LogStreamRecord>()({
    name: 'logStreams',
    key: (row) => logStreamKey(row.groupId, row.name),
    indexes: { byGroup: (row) => row.groupId, byId: (row) => row.streamId },
    sorted: ['byGroup'],
  }),
  metricFilters: defineTable<MetricFilterRecord>()({
    name: 'metricFilters',
    key: (row) => row.key,
    indexes: { inRegion: (row) => logGroupRegionKey(row.region, row.account), byGroup: (row) => row.groupId },
    sorted: ['inRegion'],
  }),
  subscriptionFilters: defineTable<SubscriptionFilterRecord>()({
    name: 'subscriptionFilters',
    key: (row) => row.key,
    indexes: { inRegion: (row) => logGroupRegionKey(row.region, row.account), byGroup: (row) => row.groupId },
    sorted: ['inRegion'],
  }),
  logDeliveries: defineTable<LogDeliveryRecord>()({ name: 'logDeliveries', key: (row) => row.key }),
  logDestinations: defineTable<LogDestinationRecord>()({
    name: 'logDestinations',
    key: (row) => row.arn,
    indexes: { inRegion: (row) => logGroupRegionKey(row.region, row.account) },
    sorted: ['inRegion'],
  }),
  queryDefinitions: defineTable<QueryDefinitionRecord>()({
    name: 'queryDefinitions',
    key: (row) => row.queryDefinitionId,
    indexes: { inRegion: (row) => logGroupRegionKey(row.region, row.account) },
  }),
  ...certificateTables,
  ...ec2Tables,
  ...imageTables,
  ...registryRuleTables,
  ...loadBalancingTables,
  sessionKeys: defineTable<SessionKeyRecord>()({ name: 'sessionKeys', key: (row) => row.keyId }),
  installationKeys: defineTable<InstallationKeyRecord>()({ name: 'installationKeys', key: (row) => row.name }),
  activations: defineTable<ActivationRecord>()({ name: 'activations', key: (row) => row.activationId }),
  managedInstances: defineTable<ManagedInstanceRecord>()({ name: 'managedInstances', key: (row) => row.instanceId }),
  sessions: defineTable<SessionRecord>()({
    name: 'sessions',
    key: (row) => row.sessionId,
    indexes: {
      inRegion: (row) => sessionRegionKey(row.region, row.account),
      /** Those that have not ended, by the instance whose agent runs them, and by task. */
      liveOnInstance: (row) => (hasEnded(row) ? undefined : row.containerInstanceId),
      liveInTask: (row) => (hasEnded(row) ? undefined : row.taskId),
    },
    sorted: ['inRegion'],
  }),
  settings: defineTable<SettingRecord>()({ name: 'settings', key: (row) => row.name }),
} as const

type Definitions = typeof tableDefinitions
export type TableName = keyof Definitions

/** All tables, to read: what controllers see. */
export type ReadTables = {
  readonly [Name in TableName]: Definitions[Name] extends TableDefinition<infer Row, infer Index, infer Counter>
    ? TableReader<Row, Index, Counter>
    : never
}

/** All tables, to read and write: what a transaction sees, its own writes included. */
export type Transaction = {
  readonly [Name in TableName]: Definitions[Name] extends TableDefinition<infer Row, infer Index, infer Counter>
    ? TableWriter<Row, Index, Counter>
    : never
}

// oxlint-disable-next-line typescript/no-explicit-any -- tables of all row types in one list
export type AnyTable = Table<any, any, any>
