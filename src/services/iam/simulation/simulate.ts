/** A page of what a simulation answers: one result for each action, in the order of the request. */
import type { SimulatePolicyResponse } from '@aws-sdk/client-iam'
import { IAM_PAGE_SIZE, SIMULATED_DECISIONS_PER_PAGE, SIMULATED_STATEMENTS_PER_PAGE } from '../../../model/limits.ts'
import type { IamContext } from '../context.ts'
import { invalidInput } from '../faults.ts'
import { page } from '../page.ts'
import { check, MAX_ITEMS } from '../rules.ts'
import type { Scene, SimulationRequest } from './request.ts'
import type { SimulatedPolicies } from './simulated-policies.ts'
import { Simulator } from './simulator.ts'

const DIGITS = 6

/** AWS: a page may have fewer results than it was asked for. Other requests wait while one is answered. */
const pageSize = (given: number | undefined, { resources }: Scene, statements: number): number => {
  const decisions = Math.floor(SIMULATED_DECISIONS_PER_PAGE / resources.length)
  const looks = Math.floor(SIMULATED_STATEMENTS_PER_PAGE / (resources.length * Math.max(statements, 1)))
  if (looks === 0)
    throw invalidInput(
      `${statements} statements cannot be evaluated for ${resources.length} resources at once: name fewer resources.`,
    )
  return Math.min(given ?? IAM_PAGE_SIZE, decisions, looks)
}

/** Of all policies that have a say. */
const statementsIn = (
  { resourcePolicy }: Scene,
  { identity, boundary, organization = [] }: SimulatedPolicies,
): number =>
  [...identity, ...organization.flat(), boundary, resourcePolicy]
    .map((policy) => policy?.document.statements.length ?? 0)
    .reduce((sum, count) => sum + count, 0)

export const simulate = (
  context: IamContext,
  operation: string,
  request: SimulationRequest,
  scene: Scene,
  policies: SimulatedPolicies,
): SimulatePolicyResponse => {
  check(request, { MaxItems: MAX_ITEMS })
  const paging = { Marker: request.Marker, MaxItems: pageSize(request.MaxItems, scene, statementsIn(scene, policies)) }
  const numbered = scene.actions.map((action, index) => ({ action, key: String(index).padStart(DIGITS, '0') }))
  const scope = `${operation}/${scene.actions.join()}/${scene.resources.join()}`
  const { items, rest } = page(context, scope, numbered, paging, ({ key }) => key)
  const simulator = new Simulator(scene, policies)
  return { EvaluationResults: items.map(({ action }) => simulator.result(action)), ...rest }
}
