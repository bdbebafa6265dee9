/** An ECS for tests of operations, with records that are there already. */
import type { ClusterRecord, ContainerInstanceRecord, TaskDefinitionRecord, TaskRecord } from '../src/model/records.ts'
import { aCluster } from './builders/a-cluster.ts'
import { type EcsHarness, ecsHarness } from './ecs-context.ts'

export interface Seed {
  readonly clusters?: readonly ClusterRecord[]
  readonly instances?: readonly ContainerInstanceRecord[]
  readonly definitions?: readonly TaskDefinitionRecord[]
  readonly tasks?: readonly TaskRecord[]
}

/** Has the cluster `default` unless other clusters are given. */
export const seeded = async ({
  clusters = [aCluster()],
  instances = [],
  definitions = [],
  tasks = [],
}: Seed): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.store.transact((tx) => {
    for (const cluster of clusters) tx.clusters.insert(cluster)
    for (const instance of instances) tx.containerInstances.insert(instance)
    for (const definition of definitions) insertDefinition(tx, definition)
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
