/** What members of STS's requests may be. Source: the API reference. */
import {
  LONGEST_SESSION_MS,
  ROLE_SESSION_SECONDS,
  SESSION_POLICY_ARNS,
  SESSION_POLICY_LENGTH,
  SESSION_TAGS,
  SESSION_TOKEN_BYTES,
  SHORTEST_SESSION_SECONDS,
} from '../../model/limits.ts'
import { checkConstraints, type Constraint } from '../constraints.ts'
import { validationError } from './faults.ts'

export const check = <Input extends object>(
  input: Input,
  constraints: { readonly [Name in keyof Input]?: Constraint },
): void => checkConstraints(input, constraints, validationError)

const NAME = /^[\w+=,.@-]*$/

export const ROLE_ARN: Constraint = { min: 20, max: 2048 }
export const ROLE_SESSION_NAME: Constraint = { min: 2, max: 64, pattern: NAME }
export const SOURCE_IDENTITY: Constraint = { min: 2, max: 64, pattern: NAME }
export const FEDERATED_NAME: Constraint = { min: 2, max: 32, pattern: NAME }
export const EXTERNAL_ID: Constraint = { min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ }
export const ROLE_SESSION_DURATION: Constraint = { min: SHORTEST_SESSION_SECONDS, max: ROLE_SESSION_SECONDS.max }
export const USER_SESSION_DURATION: Constraint = { min: SHORTEST_SESSION_SECONDS, max: LONGEST_SESSION_MS / 1000 }
export const MINIMUM_TOKEN_SIZE: Constraint = { min: 0, max: SESSION_TOKEN_BYTES }
export const POLICY: Constraint = { min: 1, max: SESSION_POLICY_LENGTH }
export const POLICY_ARNS: Constraint = { max: SESSION_POLICY_ARNS }
export const TAGS: Constraint = { max: SESSION_TAGS }
