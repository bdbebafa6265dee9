import { expect, it } from 'vitest'
import { checkDataType } from './data-types.ts'

it.each([
  ['text', ['', 'anything'], []],
  ['aws:ec2:image', ['ami-0123abcd', 'ami-0123456789abcdef0'], ['ami-1', 'i-0123abcd']],
  ['aws:region', ['us-east-1', 'us-gov-west-1'], ['useast1', 'us-east']],
  ['aws:account:id', ['123456789012'], ['12345']],
  ['boolean', ['true', 'false'], ['yes', 'TRUE']],
  ['integer', ['0', '-1', '+443'], ['1.5', '', 'x']],
  ['float', ['1', '-1.5', '1e3'], ['', ' 1', 'x', 'Infinity']],
  ['hostname', ['a', 'db.example.com'], ['-a', 'a..b', 'a_b', '']],
  ['email', ['ada@example.com'], ['ada', 'a b@c']],
  ['ipv4-address', ['10.0.0.1'], ['10.0.0', '::1']],
  ['ipv6-address', ['::1'], ['10.0.0.1']],
  ['url', ['https://example.com/a'], ['example']],
  ['json', ['{"a":1}', 'null'], ['{a}']],
])('%s allows what it says', (dataType, good, bad) => {
  for (const value of good) expect(() => checkDataType(dataType, value)).not.toThrow()
  for (const value of bad)
    expect(() => checkDataType(dataType, value)).toThrow(`The parameter value is not valid for data type ${dataType}.`)
})

it('knows no others', () => {
  for (const dataType of ['aws:ssm:integration', 'binary', 'jsonc', 'Text'])
    expect(() => checkDataType(dataType, 'x')).toThrow(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    )
})
