/** What both kinds of simulation are asked: which actions on what, in which context, and by whom. */
import type { SimulateCustomPolicyRequest } from '@aws-sdk/client-iam'
import { isArn, parseArn } from '../../../model/arn.ts'
import { SIMULATED_RESOURCES } from '../../../model/limits.ts'
import type { PolicyDocument } from '../../../model/policy/document.ts'
import { globOf, matcherOf } from '../../../model/policy/glob.ts'
import type { ContextValues } from '../../../model/policy/types.ts'
import type { IamContext } from '../context.ts'
import { requireEntityName } from '../entities.ts'
import { invalidInput } from '../faults.ts'
import { check, POLICY_DOCUMENT, refuse, type Rule, violationsOfEach } from '../rules.ts'
import { anyCaller, type Caller, callerOf } from './caller.ts'
import { contextOf } from './context-entries.ts'
import { checkResourceHandling } from './resource-handling.ts'
import { readInput, type SimulatedPolicy } from './simulated-policies.ts'

export type SimulationRequest = Omit<
  SimulateCustomPolicyRequest,
  'PolicyInputList' | 'OrderedOrganizationPolicyInputList'
>

/** What remains of a request once it is checked. */
export interface Scene {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly context: ContextValues
  readonly caller: Caller
  /** The account of resources whose ARN tells none. */
  readonly resourceOwner: string
  readonly resourcePolicy?: SimulatedPolicy
}

const ACTION: Rule = { min: 3, max: 128 }
const RESOURCES: Rule = { max: SIMULATED_RESOURCES }
const RESOURCE: Rule = { min: 1, max: 2048 }
const CALLER: Rule = { min: 1, max: 2048 }
const OWNER: Rule = { min: 1, max: 2048 }

/** `defaultCaller` is the ARN of whose policies are simulated. */
export const sceneOf = (context: IamContext, request: SimulationRequest, defaultCaller?: string): Scene => {
  const { ActionNames: actions = [], ResourceArns, ResourcePolicy: resourcePolicy, CallerArn } = request
  const resources = ResourceArns?.length ? ResourceArns : ['*']
  checkLengths(request, actions, resources)
  checkActions(actions)
  checkResources(resources)
  checkResourceHandling(request.ResourceHandlingOption, resources)
  const callerArn = CallerArn ?? defaultCaller
  if (resourcePolicy !== undefined) checkCaller(callerArn)
  const caller = callerArn === undefined ? anyCaller(context) : callerOf(context, callerArn)
  return {
    actions,
    resources,
    context: contextOf(request.ContextEntries),
    caller,
    resourceOwner: ownerOf(request.ResourceOwner) ?? caller.principal.account,
    ...(resourcePolicy !== undefined && { resourcePolicy: resourcePolicyOf(resourcePolicy, resources) }),
  }
}

const checkLengths = (request: SimulationRequest, actions: readonly string[], resources: readonly string[]): void => {
  check(request, {
    ResourceArns: RESOURCES,
    ResourcePolicy: POLICY_DOCUMENT,
    ResourceOwner: OWNER,
    CallerArn: CALLER,
  })
  refuse([
    ...violationsOfEach('actionNames', ACTION, actions),
    ...violationsOfEach('resourceArns', RESOURCE, resources),
  ])
}

/** A resource's policy names users and roles; a group is nobody who calls. */
const checkCaller = (callerArn: string | undefined): void => {
  if (callerArn === undefined || requireEntityName(callerArn).type === 'group')
    throw invalidInput('Invalid caller - Caller cannot be null or empty.')
}

const checkActions = (actions: readonly string[]): void => {
  for (const action of actions)
    if (!/^[a-z0-9-]+:[a-z0-9]+$/i.test(action)) throw invalidInput(`Invalid action name: ${action}`)
}

const checkResources = (resources: readonly string[]): void => {
  for (const resource of resources)
    if (resource !== '*' && parseArn(resource) === undefined) throw invalidInput(`ARN ${resource} is not valid.`)
}

/** AWS: its documentation has an ARN in one place and an account in the other. */
const ownerOf = (owner: string | undefined): string | undefined => {
  if (owner === undefined) return undefined
  const account = isArn(owner) ? parseArn(owner)?.account : owner
  if (account === undefined || !/^\d{12}$/.test(account)) throw invalidInput(`Invalid resource owner: ${owner}`)
  return account
}

const resourcePolicyOf = (text: string, resources: readonly string[]): SimulatedPolicy => {
  const document = readInput(text, 'resource', 'ResourcePolicy')
  const foreign = resources.find((resource) => resource === '*' || !isAbout(document, resource))
  if (foreign !== undefined) throw invalidInput(`The resource policy does not apply to the resource ${foreign}.`)
  return { sourceId: 'ResourcePolicy', sourceType: 'resource', document }
}

/** Whether a statement may be about the resource; what variables stand for is not known yet. */
const isAbout = ({ statements }: PolicyDocument, resource: string): boolean =>
  statements.some(
    ({ resources }) =>
      resources === undefined ||
      resources.isNegated ||
      resources.patterns.some((pattern) => matcherOf(globOf(pattern.replaceAll(/\$\{[^}]*\}/g, '*')))(resource)),
  )
