/** A service in a store, and single looks of its scheduler at it. */
import { SERVICE_SETTLING_MS } from '../../src/model/limits.ts'
import type { RegistryHome } from '../../src/model/registry-home.ts'
import type { TaskRecord } from '../../src/model/records.ts'
import type { DeploymentRecord, ServiceRecord } from '../../src/model/service-records.ts'
import { type PassOutcome, takePass } from '../../src/controllers/service-scheduler/pass.ts'
import { noAlarms } from '../../src/controllers/service-scheduler/rollout/no-alarms.ts'
import { TargetHealthBook } from '../../src/store/load-balancing/target-health-book.ts'
import { type Seed, seeded } from '../seeded.ts'
import { aContainerInstance } from './a-container-instance.ts'
import { aDeployment, aService, aServiceDeployment, aServiceRevision } from './a-service.ts'
import { aTask } from './a-task.ts'
import { aTaskDefinition } from './a-task-definition.ts'

export interface PassSeed extends Seed {
  readonly service?: Partial<ServiceRecord>
  readonly deployment?: Partial<DeploymentRecord>
  readonly registry?: RegistryHome
}

/** The service `web` with one deployment under way, on an instance `i1` unless others are given. */
export const withPasses = async (seed: PassSeed = {}) => {
  const revision = aServiceRevision()
  const target = { serviceRevisionArn: revision.serviceRevisionArn, requestedTaskCount: 2 }
  const serviceDeployment = aServiceDeployment({ targetServiceRevision: target })
  const service = aService({ currentServiceDeploymentArn: serviceDeployment.serviceDeploymentArn, ...seed.service })
  const deployment = aDeployment(revision, seed.deployment)
  const isExternal = service.deploymentController === 'EXTERNAL'
  const ecs = await seeded({
    instances: [aContainerInstance({ containerInstanceId: 'i1' })],
    definitions: [aTaskDefinition()],
    services: [service],
    revisions: [revision],
    ...(isExternal ? {} : { deployments: [deployment], serviceDeployments: [serviceDeployment] }),
    ...seed,
  })
  const targetHealth = new TargetHealthBook()
  const settings = {
    ...ecs,
    alarms: noAlarms,
    targetHealth,
    servedRules: { isServed: () => true },
    settlingMs: SERVICE_SETTLING_MS,
    instanceLossGraceMs: 60_000,
    registry: seed.registry,
  }
  const { store, clock } = ecs
  const { serviceArn } = service
  return {
    ...ecs,
    revision,
    targetHealth,
    imageDigests: () => store.tables.serviceRevisions.get(revision.serviceRevisionArn)?.imageDigests,
    /** Looks at the service, once. */
    pass: (): Promise<PassOutcome> => store.transact((tx) => takePass(tx, serviceArn, settings, clock.now())),
    service: () => store.tables.services.get(serviceArn)!,
    deployment: () => store.tables.deployments.get(deployment.deploymentId)!,
    /** Of the service, with the members of a task of its deployment. */
    addTask: (given: Partial<TaskRecord> = {}): Promise<TaskRecord> =>
      store.transact((tx) =>
        tx.tasks.insert(
          aTask({ group: 'service:web', startedBy: deployment.deploymentId, containerInstanceId: 'i1', ...given }),
        ),
      ),
    change: (task: TaskRecord, patch: Partial<TaskRecord>): Promise<TaskRecord> =>
      store.transact((tx) => tx.tasks.update(task.taskId, patch)),
    tasks: () => [...store.tables.tasks.rows()],
    said: () => store.tables.serviceEvents.find('byService', serviceArn).map(({ message }) => message),
  }
}
