/**
 * Names of parameters: which may be given to a new one, and what a name in a request refers to.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
 */
import { parameterArn, parameterNameOf, parseArn } from '../../model/arn.ts'
import { PARAMETER_HIERARCHY_DEPTH, PARAMETER_NAME_LENGTH, PARAMETERS_PER_CALL } from '../../model/limits.ts'
import { checkConstraints, validation } from '../constraints.ts'
import { fault } from './faults.ts'

const NAME = /^[A-Za-z0-9_./-]+$/
const EMPTY_LEVEL = /\/\/|\/$/

/** AWS: blanks around a name are taken off. */
export const trimmedName = (name: string | undefined): string => (name ?? '').trim()

/** Throws what AWS says of a name that no parameter can have. */
export const checkNewName = (name: string, arn: string): void => {
  const first = name.replace(/^\//, '').slice(0, 3).toLowerCase()
  if (first === 'aws' && name.startsWith('/'))
    throw fault('AccessDeniedException', `No access to reserved parameter name: ${name}.`)
  if ((first === 'aws' || first === 'ssm') && !name.startsWith('/'))
    throw validation('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
  if (first === 'ssm' || !NAME.test(name) || EMPTY_LEVEL.test(name)) throw malformed()
  if (name.includes('/') && !name.startsWith('/')) throw validation('Parameter name must be a fully qualified name.')
  if (levelsOf(name) > PARAMETER_HIERARCHY_DEPTH) throw tooDeep()
  if (arn.length > PARAMETER_NAME_LENGTH)
    throw validation(`Parameter name, with its ARN, can have at most ${PARAMETER_NAME_LENGTH} characters.`)
}

const malformed = () =>
  validation(
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths ' +
      'divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  )

const tooDeep = () =>
  fault(
    'HierarchyLevelLimitExceededException',
    `A parameter name can have at most ${PARAMETER_HIERARCHY_DEPTH} levels of hierarchy.`,
  )

const levelsOf = (name: string): number => name.replace(/^\//, '').split('/').length

/** Throws what AWS says of a path that no hierarchy can have. */
export const checkPath = (path: string): void => {
  if (path === '/') return
  if (/^\/(aws|ssm)/i.test(path) || !path.startsWith('/') || !NAME.test(path) || path.includes('//'))
    throw validation(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". ' +
        'It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following ' +
        'symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, ' +
        'must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    )
}

/** What `name`, `name:3`, `name:label`, or an ARN with or without such an ending refers to. */
export interface Reference {
  /** As it was written. */
  readonly text: string
  readonly arn: string
  /** Version or label; absent for the latest version. */
  readonly selector?: string
}

/** Undefined if the text cannot refer to any parameter. */
export const referenceOf = (
  { region, account }: { readonly region: string; readonly account: string },
  given: string | undefined,
): Reference | undefined => {
  const text = trimmedName(given)
  const arn = parseArn(text)
  const name = arn === undefined ? text : parameterNameOf(text)
  const [plain = '', selector, ...rest] = name?.split(':') ?? []
  if (plain === '' || selector === '' || rest.length > 0) return undefined
  const own = parameterArn(arn?.region ?? region, arn?.account ?? account, plain)
  return { text, arn: own, ...(selector !== undefined && { selector }) }
}

/** The names of a request that takes several, each once. */
export const distinctNames = (names: readonly string[]): readonly string[] => {
  checkConstraints({ Names: names }, { Names: { min: 1, max: PARAMETERS_PER_CALL } })
  return [...new Set(names)]
}
