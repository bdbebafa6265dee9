/**
 * Puts one action after another to the policies of a simulation, and describes what became of it on each resource and altogether. The
 * decisions are those of real calls: `evaluate` makes them.
 */
import type {
  EvaluationResult,
  PermissionsBoundaryDecisionDetail,
  ResourceSpecificResult,
  Statement,
} from '@aws-sdk/client-iam'
import { parseArn } from '../../../model/arn.ts'
import type { Position } from '../../../model/policy/document.ts'
import { evaluate } from '../../../model/policy/evaluate.ts'
import { preparePolicy, type PreparedPolicy } from '../../../model/policy/prepare.ts'
import type {
  AccessRequest,
  Decision,
  MatchedStatement,
  Outcome,
  PolicySources,
  PolicyType,
} from '../../../model/policy/types.ts'
import type { Scene } from './request.ts'
import type { SimulatedPolicies, SimulatedPolicy } from './simulated-policies.ts'

/** What became of an action on one resource. */
interface Trial {
  readonly resource: string
  readonly outcome: Outcome
  readonly matched: readonly Statement[]
  readonly missing: readonly string[]
  readonly isAllowedByBoundary?: boolean
  readonly isAllowedByOrganization?: boolean
  /** By type of policy; there if two accounts have a say. */
  readonly details?: Readonly<Record<string, Outcome>>
}

/** AWS: the words for types of policies in EvalDecisionDetails. */
const DETAILS: readonly (readonly [PolicyType, string])[] = [
  ['identity', 'IAM Policy'],
  ['boundary', 'Permissions Boundary Policy'],
  ['resource', 'Resource Policy'],
]

export class Simulator {
  readonly #scene: Scene
  /** By the ids that they are prepared with. */
  readonly #policies = new Map<string, SimulatedPolicy>()
  readonly #sources: PolicySources
  readonly #organization: readonly (readonly PreparedPolicy[])[] | undefined

  constructor(scene: Scene, { identity, boundary, organization }: SimulatedPolicies) {
    this.#scene = scene
    this.#sources = {
      identity: identity.map((policy) => this.#prepare(policy, 'identity')),
      ...(boundary && { boundary: this.#prepare(boundary, 'boundary') }),
      ...(scene.resourcePolicy && { resource: this.#prepare(scene.resourcePolicy, 'resource') }),
    }
    this.#organization = organization?.map((level) => level.map((policy) => this.#prepare(policy, 'identity')))
  }

  #prepare(policy: SimulatedPolicy, type: PolicyType): PreparedPolicy {
    const id = String(this.#policies.size)
    this.#policies.set(id, policy)
    return preparePolicy(policy.document, { id, type })
  }

  result(action: string): EvaluationResult {
    const trials = this.#scene.resources.map((resource) => this.#try(action, resource))
    const outcome = worst(trials.map((trial) => trial.outcome))
    const isGeneral = this.#scene.resources.length === 1 && this.#scene.resources[0] === '*'
    return {
      EvalActionName: action,
      // AWS: the form that ARNs of the action's resources have, which is not known here.
      EvalResourceName: '*',
      EvalDecision: outcome,
      MatchedStatements: distinct(trials.flatMap((trial) => (trial.outcome === outcome ? trial.matched : []))),
      MissingContextValues: [...new Set(trials.flatMap(({ missing }) => missing))],
      ...organizationDetail(trials),
      ...boundaryDetail(trials),
      ...(isGeneral ? {} : { ...decisionDetails(trials), ResourceSpecificResults: trials.map(describeTrial) }),
    }
  }

  #try(action: string, resource: string): Trial {
    const { caller, context } = this.#scene
    const request = { principal: caller.principal, globals: caller.globals, action, resource, context }
    const isCrossAccount = this.#isCrossAccount(resource)
    const decision = evaluate(request, { ...this.#sources, isCrossAccount })
    const byOrganization = this.#askOrganization(request)
    const outcome = worst([decision.outcome, byOrganization ?? 'allowed'])
    const isDecidedByOrganization = outcome !== decision.outcome
    return {
      resource,
      outcome,
      matched: isDecidedByOrganization ? [] : this.#statementsOf(decision),
      missing: decision.missingContextKeys,
      ...(this.#sources.boundary && { isAllowedByBoundary: decision.outcomes.boundary === 'allowed' }),
      ...(byOrganization && { isAllowedByOrganization: byOrganization === 'allowed' }),
      ...(isCrossAccount && !isDecidedByOrganization && { details: detailsOf(decision) }),
    }
  }

  /** Without the resource's policy only the caller's own account has a say. */
  #isCrossAccount(resource: string): boolean {
    const { caller, resourceOwner } = this.#scene
    const owner = parseArn(resource)?.account || resourceOwner
    return this.#sources.resource !== undefined && owner !== caller.principal.account
  }

  #askOrganization(request: AccessRequest): Outcome | undefined {
    const levels = this.#organization?.map((identity) => evaluate(request, { identity }).outcome)
    return levels && worst(levels)
  }

  /** What a decision rests on; nothing, if nothing allows. Boundaries are told of separately. */
  #statementsOf({ outcome, matched }: Decision): Statement[] {
    if (outcome === 'implicitDeny') return []
    return matched.filter(({ policyType }) => policyType !== 'boundary').flatMap((match) => this.#describe(match))
  }

  #describe({ policyId, statement: index }: MatchedStatement): Statement[] {
    const policy = this.#policies.get(policyId)
    const statement = policy?.document.statements[index]
    if (policy === undefined || statement === undefined) return []
    return [
      {
        SourcePolicyId: policy.sourceId,
        SourcePolicyType: policy.sourceType,
        StartPosition: describePosition(statement.start),
        EndPosition: describePosition(statement.end),
      },
    ]
  }
}

const ORDER: readonly Outcome[] = ['explicitDeny', 'implicitDeny', 'allowed']

/** The one that leaves the least. */
const worst = (outcomes: readonly Outcome[]): Outcome =>
  ORDER.find((outcome) => outcomes.includes(outcome)) ?? 'allowed'

const describePosition = ({ line, column }: Position): { Line: number; Column: number } => ({
  Line: line,
  Column: column,
})

const distinct = (statements: readonly Statement[]): Statement[] => [
  ...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values(),
]

const detailsOf = ({ outcomes }: Decision): Record<string, Outcome> =>
  Object.fromEntries(
    DETAILS.flatMap(([type, name]) => {
      const outcome = outcomes[type]
      return outcome === undefined ? [] : [[name, outcome]]
    }),
  )

const describeTrial = (trial: Trial): ResourceSpecificResult => ({
  EvalResourceName: trial.resource,
  EvalResourceDecision: trial.outcome,
  MatchedStatements: [...trial.matched],
  MissingContextValues: [...trial.missing],
  ...(trial.details && { EvalDecisionDetails: trial.details }),
  ...boundaryDetail([trial]),
})

const boundaryDetail = (
  trials: readonly Trial[],
): { PermissionsBoundaryDecisionDetail?: PermissionsBoundaryDecisionDetail } => {
  const isAllowed = all(trials.map(({ isAllowedByBoundary }) => isAllowedByBoundary))
  return isAllowed === undefined
    ? {}
    : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: isAllowed } }
}

const organizationDetail = (trials: readonly Trial[]): Pick<EvaluationResult, 'OrganizationsDecisionDetail'> => {
  const isAllowed = all(trials.map(({ isAllowedByOrganization }) => isAllowedByOrganization))
  return isAllowed === undefined ? {} : { OrganizationsDecisionDetail: { AllowedByOrganizations: isAllowed } }
}

const all = (answers: readonly (boolean | undefined)[]): boolean | undefined =>
  answers.includes(undefined) ? undefined : !answers.includes(false)

/** The most restrictive decision per type of policy. AWS: empty if only one account has a say; absent if the organization denies. */
const decisionDetails = (trials: readonly Trial[]): Pick<EvaluationResult, 'EvalDecisionDetails'> => {
  if (trials.some(({ isAllowedByOrganization }) => isAllowedByOrganization === false)) return {}
  const pairs = trials.flatMap(({ details = {} }) => Object.entries(details))
  const byName = Map.groupBy(pairs, ([name]) => name)
  return {
    EvalDecisionDetails: Object.fromEntries(
      [...byName].map(([name, found]) => [name, worst(found.map(([, outcome]) => outcome))]),
    ),
  }
}
