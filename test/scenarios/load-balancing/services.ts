/** Services behind load balancers in a `World`, and what is seen of their targets. */
import type { CreateServiceRequest, Task } from '@aws-sdk/client-ecs'
import { targetKey, type TargetRecord } from '../../../src/model/load-balancing/records.ts'
import { CONTAINER_PORT, IN_BLUE, insertLoadBalancer } from '../../balanced-services.ts'
import type { FakeBalancer, FakeSurroundings } from '../../fakes/fake-balancer.ts'
import { type World, world } from '../../world.ts'
import { aContainer, register } from '../control-plane/run-task.ts'
import { create, SECOND_MS } from '../services/services.ts'

export interface Balanced {
  readonly w: World
  readonly balancer: FakeBalancer
}

/** A load balancer with a balancer that serves it, agents, and the task definition `web` with a port to balance. */
export const withBalancer = async (
  { agents = 2, ...surroundings }: Partial<FakeSurroundings> & { readonly agents?: number } = {},
  hostPort = 0,
): Promise<Balanced> => {
  const w = await world({ agents })
  await w.store.transact(insertLoadBalancer)
  await register(w, aContainer({ portMappings: [{ containerPort: CONTAINER_PORT, hostPort }] }))
  const balancer = await w.addBalancer(surroundings)
  return { w, balancer }
}

/** The service `web` behind BLUE, at rest. */
export const balancedService = async (
  balanced: Balanced,
  given: Partial<CreateServiceRequest> = {},
): Promise<Balanced> => {
  await create(balanced.w, { loadBalancers: [IN_BLUE], ...given })
  await balanced.w.advance(20 * SECOND_MS)
  return balanced
}

export const targets = ({ store }: World): TargetRecord[] => [...store.tables.targets.rows()]

/** Targets that are healthy and take new requests. */
export const inService = (w: World, targetGroupArn?: string): TargetRecord[] =>
  targets(w).filter(
    (target) =>
      target.drainingUntil === undefined &&
      (targetGroupArn === undefined || target.targetGroupArn === targetGroupArn) &&
      w.targetHealth.get(target.targetGroupArn, targetKey(target))?.state === 'healthy',
  )

/** Containers of the task that run on its host. */
export const isAlive = async (w: World, { taskArn, containers = [] }: Task): Promise<boolean> => {
  const ids = (await Promise.all(w.agents.map((agent) => agent.runningContainers()))).flat()
  const { containers: now = containers } = await w.task({ taskArn })
  return now.some(({ runtimeId = '' }) => ids.includes(runtimeId))
}
