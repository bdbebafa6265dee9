/** A page of what a simulation answers: one result for each action, in the order of the request. */
import type { SimulatePolicyResponse } from '@aws-sdk/client-iam'
import type { IamContext } from '../context.ts'
import { page } from '../page.ts'
import type { Scene, SimulationRequest } from './request.ts'
import type { SimulatedPolicies } from './simulated-policies.ts'
import { Simulator } from './simulator.ts'

const DIGITS = 6

export const simulate = (
  context: IamContext,
  operation: string,
  request: SimulationRequest,
  scene: Scene,
  policies: SimulatedPolicies,
): SimulatePolicyResponse => {
  const numbered = scene.actions.map((action, index) => ({ action, key: String(index).padStart(DIGITS, '0') }))
  const scope = `${operation}/${scene.actions.join()}/${scene.resources.join()}`
  const { items, rest } = page(context, scope, numbered, request, ({ key }) => key)
  const simulator = new Simulator(scene, policies)
  return { EvaluationResults: items.map(({ action }) => simulator.result(action)), ...rest }
}
