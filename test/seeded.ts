/** An ECS for tests of operations, with records that are there already. */
import type { ClusterRecord, ContainerInstanceRecord, TaskDefinitionRecord, TaskRecord } from '../src/model/records.ts'
import type {
  CapacityProviderRecord,
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
  TaskSetRecord,
} from '../src/model/service-records.ts'
import { aCluster } from './builders/a-cluster.ts'
import { type EcsHarness, ecsHarness } from './ecs-context.ts'

export interface Seed {
  readonly clusters?: readonly ClusterRecord[]
  readonly instances?: readonly ContainerInstanceRecord[]
  readonly definitions?: readonly TaskDefinitionRecord[]
  readonly tasks?: readonly TaskRecord[]
  readonly capacityProviders?: readonly CapacityProviderRecord[]
  readonly services?: readonly ServiceRecord[]
  readonly revisions?: readonly ServiceRevisionRecord[]
  readonly deployments?: readonly DeploymentRecord[]
  readonly serviceDeployments?: readonly ServiceDeploymentRecord[]
  readonly taskSets?: readonly TaskSetRecord[]
}

/** Has the cluster `default` unless other clusters are given. */
export const seeded = async (seed: Seed): Promise<EcsHarness> => {
  const { clusters = [aCluster()], instances = [], definitions = [], tasks = [], capacityProviders = [] } = seed
  const ecs = await ecsHarness()
  await ecs.store.transact((tx) => {
    for (const cluster of clusters) tx.clusters.insert(cluster)
    for (const provider of capacityProviders) tx.capacityProviders.insert(provider)
    for (const instance of instances) tx.containerInstances.insert(instance)
    for (const definition of definitions) insertDefinition(tx, definition)
    insertServices(tx, seed)
    for (const task of tasks) tx.tasks.insert(task)
  })
  return ecs
}

type Tables = Parameters<Parameters<EcsHarness['store']['transact']>[0]>[0]

const insertDefinition = (tx: Tables, definition: TaskDefinitionRecord): void => {
  const { taskDefinitionArn, revision } = definition
  const familyArn = taskDefinitionArn.slice(0, taskDefinitionArn.lastIndexOf(':'))
  const latestRevision = Math.max(revision, tx.taskDefinitionFamilies.get(familyArn)?.latestRevision ?? 0)
  tx.taskDefinitions.insert(definition)
  tx.taskDefinitionFamilies.put({ familyArn, latestRevision })
}

const insertServices = (
  tx: Tables,
  { services = [], revisions = [], deployments = [], serviceDeployments = [], taskSets = [] }: Seed,
): void => {
  for (const service of services) tx.services.insert(service)
  for (const revision of revisions) tx.serviceRevisions.insert(revision)
  for (const deployment of deployments) tx.deployments.insert(deployment)
  for (const serviceDeployment of serviceDeployments) tx.serviceDeployments.insert(serviceDeployment)
  for (const taskSet of taskSets) tx.taskSets.insert(taskSet)
}
