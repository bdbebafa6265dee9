/**
 * Data types of parameters, and which values each allows.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-data-types.html
 */
import { isIPv4, isIPv6 } from 'node:net'
import { validation } from '../constraints.ts'

export const DEFAULT_DATA_TYPE = 'text'

const isJson = (value: string): boolean => {
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}

const like =
  (pattern: RegExp) =>
  (value: string): boolean =>
    pattern.test(value)

/** Those that AWS has beside these are refused: `aws:ssm:integration`, `binary` and `jsonc`. */
const dataTypes: ReadonlyMap<string, (value: string) => boolean> = new Map([
  [DEFAULT_DATA_TYPE, () => true],
  ['aws:ec2:image', like(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/)],
  ['aws:region', like(/^[a-z]{2}(-[a-z]+)+-\d$/)],
  ['aws:account:id', like(/^\d{12}$/)],
  ['boolean', like(/^(true|false)$/)],
  ['integer', like(/^[+-]?\d+$/)],
  ['float', (value) => value.trim() === value && value !== '' && Number.isFinite(Number(value))],
  ['hostname', like(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*$/i)],
  ['email', like(/^[^\s@]{1,64}@[^\s@]{1,255}$/)],
  ['ipv4-address', isIPv4],
  ['ipv6-address', isIPv6],
  ['url', (value) => URL.canParse(value)],
  ['json', isJson],
])

/** AWS: these need an advanced parameter. */
const ADVANCED_TYPES: ReadonlySet<string> = new Set(['url', 'json'])

export const needsAdvancedTier = (dataType: string): boolean => ADVANCED_TYPES.has(dataType)

export const checkDataType = (dataType: string, value: string): void => {
  const allows = dataTypes.get(dataType)
  if (allows === undefined)
    throw validation(`The following data type is not supported: ${dataType} (Data type names are all lowercase.)`)
  // The value itself may be a secret, and is not told.
  if (!allows(value)) throw validation(`The parameter value is not valid for data type ${dataType}.`)
}
