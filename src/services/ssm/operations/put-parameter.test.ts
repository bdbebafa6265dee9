import { beforeEach, describe, expect, it } from 'vitest'
import { SSM_ACCOUNT, SSM_CALLER, SSM_REGION, SsmWorld } from '../../../../test/ssm-service.ts'
import { PARAMETER_VERSIONS } from '../../../model/limits.ts'

const ARN = `arn:aws:ssm:${SSM_REGION}:${SSM_ACCOUNT}:parameter/`

let world: SsmWorld
beforeEach(async () => {
  world = await SsmWorld.start()
})

const put = (given: object = {}) =>
  world.call('PutParameter', { Name: '/app/db', Value: 'v', Type: 'String', ...given })
const read = async (name = '/app/db', decrypted = true) =>
  (await world.call('GetParameter', { Name: name, WithDecryption: decrypted })).Parameter
const refusal = (code: string, message?: string) => ({ code, ...(message !== undefined && { message }) })

describe('a new parameter', () => {
  it('has version 1 and the standard tier', async () => {
    expect(await put()).toEqual({ Version: 1, Tier: 'Standard' })
    expect(await read()).toEqual({
      Name: '/app/db',
      ARN: `${ARN}app/db`,
      Type: 'String',
      Value: 'v',
      Version: 1,
      DataType: 'text',
      LastModifiedDate: new Date(world.now),
    })
  })

  it('is one and the same with and without its slash at the root', async () => {
    await put({ Name: 'root' })
    await expect(put({ Name: '/root' })).rejects.toMatchObject(refusal('ParameterAlreadyExists'))
    expect(await read('/root')).toMatchObject({ Name: 'root', ARN: `${ARN}root` })
  })

  it('is not there in other accounts and regions', async () => {
    await put()
    for (const call of [{ region: 'eu-west-1' }, { account: '210987654321' }]) {
      const asked = world.call('GetParameter', { Name: `${ARN}app/db` }, call)
      await expect(asked).rejects.toMatchObject(refusal('ParameterNotFound'))
    }
  })

  it('needs a type', async () => {
    await expect(put({ Type: undefined })).rejects.toMatchObject(
      refusal('ValidationException', 'A parameter type is required when you create a parameter.'),
    )
  })

  it.each([
    [{ Value: '' }, 'ValidationException'],
    [{ Value: 'a {{ssm:other}} b' }, 'ValidationException'],
    [{ Type: 'Secret' }, 'ValidationException'],
    [{ Tier: 'Premium' }, 'ValidationException'],
    [{ KeyId: 'alias/mine' }, 'ValidationException'],
    [{ DataType: 'aws:ssm:integration' }, 'ValidationException'],
    [{ DataType: 'aws:ec2:image' }, 'ValidationException'],
    [{ DataType: 'json', Value: '{}' }, 'ValidationException'],
    [{ Description: 'd'.repeat(1025) }, 'ValidationException'],
    [{ AllowedPattern: '(' }, 'InvalidAllowedPatternException'],
    [{ AllowedPattern: '\\d+' }, 'ParameterPatternMismatchException'],
    [{ Type: 'SecureString', KeyId: 'alias/nobodys' }, 'InvalidKeyId'],
    [{ Value: 'é'.repeat(2049) }, 'ValidationException'],
    [{ Value: 'v'.repeat(8193), Tier: 'Advanced' }, 'ValidationException'],
    [{ Tags: [{ Key: 'aws:mine', Value: '' }] }, 'ValidationException'],
    [{ Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }, 'TooManyTagsError'],
    [{ Tags: [{ Key: 'a', Value: '' }], Overwrite: true }, 'ValidationException'],
  ])('is refused with %j', async (given, code) => {
    await expect(put(given)).rejects.toMatchObject(refusal(code))
    expect(world.store.tables.parameters.size).toBe(0)
  })

  it('may have a value of 4 KB, and of 8 KB in the advanced tier', async () => {
    expect(await put({ Name: 'a', Value: 'v'.repeat(4096) })).toMatchObject({ Tier: 'Standard' })
    expect(await put({ Name: 'b', Value: 'v'.repeat(8192), Tier: 'Advanced' })).toMatchObject({ Tier: 'Advanced' })
  })

  it('gets the tier that it needs if it is left to us', async () => {
    const tiers = [
      [{}, 'Standard'],
      [{ Value: 'v'.repeat(4097) }, 'Advanced'],
      [{ Value: 'http://a/', DataType: 'url' }, 'Advanced'],
    ] as const
    for (const [index, [given, tier]] of tiers.entries())
      expect(await put({ Name: `p${index}`, Tier: 'Intelligent-Tiering', ...given })).toMatchObject({ Tier: tier })
  })
})

describe('a SecureString', () => {
  it('lies encrypted, and opens for its own parameter alone', async () => {
    await put({ Type: 'SecureString', Value: 'hunter2' })
    const [row] = [...world.store.tables.parameterVersions.rows()]
    expect(JSON.stringify(row)).not.toContain('hunter2')
    expect(await read()).toMatchObject({ Type: 'SecureString', Value: 'hunter2' })
    const closed = await read('/app/db', false)
    expect(closed?.Value).toMatch(/^[A-Za-z0-9+/=]{20,}$/)

    await put({ Name: '/app/other', Type: 'SecureString', Value: 'x' })
    await world.store.transact(({ parameterVersions }) => {
      const other = [...parameterVersions.rows()].find(({ arn }) => arn.endsWith('/other'))
      if (row !== undefined && other !== undefined) parameterVersions.put({ ...other, value: row.value })
    })
    await expect(read('/app/other')).rejects.toMatchObject(refusal('InvalidKeyId'))
  })

  it('says which key it has', async () => {
    await put({ Type: 'SecureString' })
    const { Parameters: [parameter] = [] } = await world.call('DescribeParameters', {})
    expect(parameter).toMatchObject({ KeyId: 'alias/aws/ssm' })
  })
})

describe('overwriting', () => {
  it('makes the next version, which has from the last what it does not state', async () => {
    await put({ Description: 'd', AllowedPattern: '[a-z]+', Tags: [{ Key: 'k', Value: 'v' }] })
    expect(await put({ Value: 'w', Type: undefined, Overwrite: true })).toEqual({ Version: 2, Tier: 'Standard' })
    const { Parameters: [parameter] = [] } = await world.call('DescribeParameters', {})
    expect(parameter).toMatchObject({
      Version: 2,
      Description: 'd',
      AllowedPattern: '[a-z]+',
      LastModifiedUser: SSM_CALLER,
    })
    await expect(put({ Value: '1', Overwrite: true })).rejects.toMatchObject(
      refusal(
        'ParameterPatternMismatchException',
        'Parameter value, cannot be validated against allowedPattern: [a-z]+',
      ),
    )
    const { TagList } = await world.call('ListTagsForResource', { ResourceType: 'Parameter', ResourceId: '/app/db' })
    expect(TagList).toEqual([{ Key: 'k', Value: 'v' }])
  })

  it('has to be asked for', async () => {
    await put()
    await expect(put()).rejects.toMatchObject(
      refusal(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      ),
    )
  })

  it('may change the type', async () => {
    await put({ Type: 'SecureString', Value: 'a' })
    await put({ Type: 'String', Value: 'b', Overwrite: true })
    expect(await read()).toMatchObject({ Type: 'String', Value: 'b' })
    expect(await read('/app/db:1')).toMatchObject({ Type: 'SecureString', Value: 'a', Selector: ':1' })
  })

  it('never goes back to the standard tier', async () => {
    await put({ Tier: 'Advanced' })
    expect(await put({ Overwrite: true })).toMatchObject({ Tier: 'Advanced' })
    await expect(put({ Tier: 'Standard', Overwrite: true })).rejects.toMatchObject(refusal('ValidationException'))
  })

  it('keeps a hundred versions, and the oldest as long as it has a label', async () => {
    for (let version = 1; version <= PARAMETER_VERSIONS; version++) await put({ Overwrite: true })
    await put({ Overwrite: true })
    await expect(read('/app/db:1')).rejects.toMatchObject(refusal('ParameterVersionNotFound'))
    await world.call('LabelParameterVersion', { Name: '/app/db', ParameterVersion: 2, Labels: ['live'] })
    await expect(put({ Overwrite: true })).rejects.toMatchObject(refusal('ParameterMaxVersionLimitExceeded'))
    expect(await read('/app/db:live')).toMatchObject({ Version: 2 })
  })
})

describe('an expiration policy', () => {
  const expiring = (timestamp: string) =>
    JSON.stringify([{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: timestamp } }])

  it('ends the parameter at its time, whatever else is put meanwhile', async () => {
    await put({ Tier: 'Advanced', Policies: expiring('2026-01-02T01:00:00+01:00') })
    await put({ Value: 'w', Overwrite: true })
    const { Parameters: [parameter] = [] } = await world.call('DescribeParameters', {})
    expect(parameter?.Policies).toMatchObject([{ PolicyType: 'Expiration', PolicyStatus: 'Pending' }])
    world.now = Date.UTC(2026, 0, 2) - 1
    expect(await read()).toMatchObject({ Version: 2 })
    world.now++
    await expect(read()).rejects.toMatchObject(refusal('ParameterNotFound', 'Parameter /app/db not found.'))
    expect(await world.call('DescribeParameters', {})).toEqual({ Parameters: [] })
    expect(await put()).toEqual({ Version: 1, Tier: 'Standard' })
  })

  it('can be taken off', async () => {
    await put({ Tier: 'Advanced', Policies: expiring('2026-01-02T00:00:00Z') })
    await put({ Policies: '', Overwrite: true })
    world.now = Date.UTC(2027, 0, 1)
    expect(await read()).toMatchObject({ Version: 2 })
  })

  it.each([
    ['no JSON', 'InvalidPolicyAttributeException'],
    [expiring('tomorrow'), 'InvalidPolicyAttributeException'],
    ['[{"Type":"Expiration","Version":"2.0"}]', 'InvalidPolicyAttributeException'],
    ['[{"Type":"NoChangeNotification","Version":"1.0"}]', 'InvalidPolicyTypeException'],
    ['[{"Type":"Other"}]', 'InvalidPolicyTypeException'],
    [`[${Array.from({ length: 11 }, () => '{}').join()}]`, 'PoliciesLimitExceededException'],
    ['[{},{}]', 'IncompatiblePolicyException'],
  ])('is refused where it is %s', async (policies, code) => {
    await expect(put({ Tier: 'Advanced', Policies: policies })).rejects.toMatchObject(refusal(code))
  })

  it('needs the advanced tier', async () => {
    const policies = { Policies: expiring('2026-01-02T00:00:00Z') }
    await expect(put(policies)).rejects.toMatchObject(refusal('ValidationException'))
    expect(await put({ Tier: 'Intelligent-Tiering', ...policies })).toMatchObject({ Tier: 'Advanced' })
  })
})
