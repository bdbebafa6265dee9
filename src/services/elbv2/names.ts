/** Names of load balancers and target groups. */
import { LOAD_BALANCER_NAME_LENGTH } from '../../model/load-balancing/limits.ts'
import { validationError } from './faults.ts'

const RESERVED_PREFIX = 'internal-'

export const checkLoadBalancerName = (name: string): void => {
  checkName('The load balancer name', name)
  if (name.startsWith(RESERVED_PREFIX))
    throw validationError(`The load balancer name '${name}' cannot begin with '${RESERVED_PREFIX}'`)
}

export const checkTargetGroupName = (name: string): void => checkName('Target group name', name)

/** `what` begins the sentence about a name that is none. */
const checkName = (what: string, name: string): void => {
  const wrong = wrongWith(name)
  if (wrong !== undefined) throw validationError(`${what} '${name}' ${wrong}`)
}

const wrongWith = (name: string): string | undefined => {
  if (name === '') return 'cannot be empty'
  if (name.length > LOAD_BALANCER_NAME_LENGTH) return `cannot be longer than '${LOAD_BALANCER_NAME_LENGTH}' characters`
  if (!/^[A-Za-z0-9-]+$/.test(name)) return 'can only contain characters that are alphanumeric characters or hyphens(-)'
  return /^-|-$/.test(name) ? 'cannot begin or end with a hyphen(-)' : undefined
}
