/** What is wrong with a rule, by the fault that Elastic Load Balancing has for it. */

/** The part of a fault that its model states: everything else is the wire's. */
type RuleFaultCode =
  | 'ValidationError'
  | 'InvalidLoadBalancerActionException'
  | 'InvalidConfigurationRequestException'
  | 'TooManyActionsException'

export class InvalidRule extends Error {
  override readonly name = 'InvalidRule'
  readonly code: RuleFaultCode

  constructor(message: string, code: RuleFaultCode = 'ValidationError') {
    super(message)
    this.code = code
  }
}

/** Throws unless it holds. */
export const demand = (holds: boolean, message: string, code?: RuleFaultCode): void => {
  if (!holds) throw new InvalidRule(message, code)
}

/** Throws unless the number is one of the range. */
export const demandRange = (name: string, value: number | undefined, min: number, max: number): void =>
  demand(
    value === undefined || (Number.isInteger(value) && value >= min && value <= max),
    `${name} '${value}' must be between ${min} and ${max}`,
  )
