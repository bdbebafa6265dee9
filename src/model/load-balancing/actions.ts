/**
 * Actions of rules: what a request may ask for, and the one form in which they are stored. They stand in their order, with their defaults;
 * `forward` has its target groups in `ForwardConfig`, and a client secret is not among them.
 */
import type {
  Action,
  FixedResponseActionConfig,
  ForwardActionConfig,
  TargetGroupStickinessConfig,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { compact } from '../../kit/compact.ts'
import { checkedJwtValidation, checkedOidc, clientSecretOf } from './authentication-actions.ts'
import { demand, demandRange, InvalidRule } from './invalid-rule.ts'
import {
  FIXED_RESPONSE_LENGTH,
  HIGHEST_ACTION_ORDER,
  HIGHEST_WEIGHT,
  LONGEST_SESSION_SECONDS,
} from './listener-limits.ts'
import { LOAD_BALANCING_QUOTAS } from './limits.ts'
import type { ListenerRecord } from './records.ts'
import { checkedRedirect } from './redirects.ts'

export interface CheckedActions {
  readonly actions: readonly Action[]
  /** Of the `authenticate-oidc` action, if there is one. */
  readonly clientSecret?: ClientSecretChoice
}

/** The secret that the request gives; undefined if that of the rule stays. */
interface ClientSecretChoice {
  readonly given: string | undefined
}

type ActionListener = Pick<ListenerRecord, 'protocol' | 'port'>

const LAST = ['forward', 'redirect', 'fixed-response'] as const
const AUTHENTICATION = ['authenticate-oidc', 'authenticate-cognito', 'jwt-validation'] as const
const TYPES: readonly string[] = [...LAST, ...AUTHENTICATION]

const CONFIGS = {
  forward: 'ForwardConfig',
  redirect: 'RedirectConfig',
  'fixed-response': 'FixedResponseConfig',
  'authenticate-oidc': 'AuthenticateOidcConfig',
  'authenticate-cognito': 'AuthenticateCognitoConfig',
  'jwt-validation': 'JwtValidationConfig',
} as const

const TARGET_GROUPS_PER_ACTION = LOAD_BALANCING_QUOTAS['target-groups-per-action-on-application-load-balancer']
const INVALID_ACTION = 'InvalidLoadBalancerActionException'

/** The actions of a request as they are stored. Throws `InvalidRule`. */
export const checkedActions = (actions: readonly Action[], listener: ActionListener): CheckedActions => {
  demand(actions.length > 0, 'An action must be specified')
  const ordered = inOrder(actions)
  for (const action of ordered) checkType(action, listener)
  checkPlaces(ordered)
  const oidc = ordered.find(({ Type: type }) => type === 'authenticate-oidc')?.AuthenticateOidcConfig
  return {
    actions: ordered.map((action) => checkedAction(action, listener)),
    ...(oidc && { clientSecret: { given: clientSecretOf(oidc) } }),
  }
}

const inOrder = (actions: readonly Action[]): readonly Action[] => {
  for (const { Order: order } of actions) demandRange('Action order', order, 1, HIGHEST_ACTION_ORDER)
  if (actions.length === 1) return actions
  const orders = actions.map(({ Order: order }) => order)
  demand(!orders.includes(undefined), 'Order must be specified for each action if there are multiple actions')
  demand(new Set(orders).size === orders.length, 'The order of each action must be unique')
  return actions.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0))
}

const checkType = (action: Action, { protocol }: ActionListener): void => {
  const { Type: type = '' } = action
  demand(TYPES.includes(type), `Action type '${type}' must be one of '[${TYPES.join(', ')}]'`)
  const isApplication = protocol === 'HTTP' || protocol === 'HTTPS'
  demand(
    isApplication || type === 'forward',
    `Action type '${type}' is not supported with listener protocol '${protocol}'`,
    INVALID_ACTION,
  )
  demand(
    protocol === 'HTTPS' || !AUTHENTICATION.some((name) => name === type),
    `Action type '${type}' is only supported with listener protocol 'HTTPS'`,
    INVALID_ACTION,
  )
  for (const [other, config] of Object.entries(CONFIGS))
    demand(other === type || action[config] === undefined, `${config} cannot be used with action type '${type}'`)
  demand(
    type === 'forward' || action.TargetGroupArn === undefined,
    `TargetGroupArn cannot be used with action type '${type}'`,
  )
}

const checkPlaces = (ordered: readonly Action[]): void => {
  const isLast = ({ Type: type }: Action): boolean => LAST.some((name) => name === type)
  demand(
    ordered.filter(isLast).length === 1 && isLast(ordered.at(-1)!),
    `Exactly one action of the types '[${LAST.join(', ')}]' must be specified, and it must be the last action to be performed`,
    INVALID_ACTION,
  )
  demand(ordered.length <= 2, 'A rule can only have one authentication action', 'TooManyActionsException')
}

const checkedAction = (action: Action, listener: ActionListener): Action => {
  const { Type: type, Order: order } = action
  return { Type: type, ...configOf(action, listener), ...(order !== undefined && { Order: order }) }
}

const configOf = (action: Action, listener: ActionListener): Partial<Action> => {
  switch (action.Type) {
    case 'forward':
      return { ForwardConfig: checkedForward(action, listener) }
    case 'redirect':
      return { RedirectConfig: checkedRedirect(needed(action.RedirectConfig, 'A redirect'), listener) }
    case 'fixed-response':
      return { FixedResponseConfig: checkedFixedResponse(needed(action.FixedResponseConfig, 'A fixed response')) }
    case 'authenticate-oidc':
      return { AuthenticateOidcConfig: checkedOidc(needed(action.AuthenticateOidcConfig, 'An OIDC')) }
    case 'jwt-validation':
      return { JwtValidationConfig: checkedJwtValidation(needed(action.JwtValidationConfig, 'A JWT validation')) }
    default:
      throw new InvalidRule('There is no Amazon Cognito here. Use authenticate-oidc instead', INVALID_ACTION)
  }
}

const needed = <T>(config: T | undefined, what: string): T => {
  if (config === undefined) throw new InvalidRule(`${what} configuration must be specified`, INVALID_ACTION)
  return config
}

const checkedForward = (
  { TargetGroupArn: single, ForwardConfig: config }: Action,
  listener: ActionListener,
): ForwardActionConfig => {
  const groups = config?.TargetGroups ?? (single === undefined ? [] : [{ TargetGroupArn: single }])
  demand(groups.length > 0, 'A target group must be specified')
  demand(
    single === undefined || (groups.length === 1 && groups[0]?.TargetGroupArn === single),
    'If you specify both ForwardConfig and TargetGroupArn, you can specify only one target group, and it must be the same',
  )
  demand(
    groups.length <= TARGET_GROUPS_PER_ACTION,
    `An action can only have '${TARGET_GROUPS_PER_ACTION}' target groups`,
    'TooManyActionsException',
  )
  const arns = new Set(groups.map(({ TargetGroupArn: arn }) => arn))
  demand(arns.size === groups.length, 'Target groups must be unique within an action')
  return {
    TargetGroups: groups.map(weighted),
    TargetGroupStickinessConfig: checkedStickiness(config?.TargetGroupStickinessConfig, listener),
  }
}

const weighted = ({ TargetGroupArn: arn, Weight: weight = 1 }: TargetGroupTuple): TargetGroupTuple => {
  demand(arn !== undefined && arn !== '', 'A target group must be specified')
  demandRange('Target group weight', weight, 0, HIGHEST_WEIGHT)
  return { TargetGroupArn: arn, Weight: weight }
}

const checkedStickiness = (
  { Enabled: isEnabled = false, DurationSeconds: seconds }: TargetGroupStickinessConfig = {},
  { protocol }: ActionListener,
): TargetGroupStickinessConfig => {
  demand(
    !isEnabled || protocol === 'HTTP' || protocol === 'HTTPS',
    'Target group stickiness is supported by Application Load Balancers only',
    'InvalidConfigurationRequestException',
  )
  demand(!isEnabled || seconds !== undefined, 'DurationSeconds must be specified to enable target group stickiness')
  demandRange('DurationSeconds', seconds, 1, LONGEST_SESSION_SECONDS)
  return { Enabled: isEnabled, ...(seconds !== undefined && { DurationSeconds: seconds }) }
}

const FIXED_RESPONSE_TYPES = [
  'text/plain',
  'text/css',
  'text/html',
  'application/javascript',
  'application/json',
] as const

const checkedFixedResponse = (config: FixedResponseActionConfig): FixedResponseActionConfig => {
  const { StatusCode: status = '', ContentType: contentType, MessageBody: body } = config
  demand(/^[245]\d\d$/.test(status), `The status code '${status}' must be 2XX, 4XX, or 5XX`)
  demand(
    contentType === undefined || FIXED_RESPONSE_TYPES.some((type) => type === contentType),
    `The content type must be one of '[${FIXED_RESPONSE_TYPES.join(', ')}]'`,
  )
  demand(
    (body ?? '').length <= FIXED_RESPONSE_LENGTH,
    `The message body cannot be longer than '${FIXED_RESPONSE_LENGTH}' characters`,
  )
  return compact({ MessageBody: body, StatusCode: status, ContentType: contentType })
}

/** AWS: a single target group stands in both places. */
export const describeAction = (action: Action): Action => {
  const [group, ...more] = action.ForwardConfig?.TargetGroups ?? []
  return group?.TargetGroupArn === undefined || more.length > 0
    ? action
    : { ...action, TargetGroupArn: group.TargetGroupArn }
}
