import { beforeEach, describe, expect, it } from 'vitest'
import { SsmWorld } from '../../../../test/ssm-service.ts'

let world: SsmWorld
beforeEach(async () => {
  world = await SsmWorld.start()
})

const put = (name: string, given: object = {}) =>
  world.call('PutParameter', { Name: name, Value: 'v', Type: 'String', ...given })
const found = async (...filters: object[]) => {
  const { Parameters = [] } = await world.call('DescribeParameters', { ParameterFilters: filters as never })
  return Parameters.map(({ Name: name }) => name)
}

describe('DescribeParameters', () => {
  beforeEach(async () => {
    await put('foo')
    await put('/bar', { Type: 'SecureString' })
    await put('/foo/a', { Tier: 'Advanced', Tags: [{ Key: 'team', Value: 'blue' }] })
    await put('/foo/a/b', { Type: 'StringList', Tags: [{ Key: 'team', Value: 'green' }] })
    await put('/foo/c', { DataType: 'integer', Value: '1' })
  })

  it('gives everything but values, in the order of names', async () => {
    const { Parameters = [] } = await world.call('DescribeParameters', {})
    expect(Parameters.map(({ Name: name }) => name)).toEqual(['/bar', 'foo', '/foo/a', '/foo/a/b', '/foo/c'])
    expect(JSON.stringify(Parameters)).not.toContain('Value')
  })

  it.each([
    [{ Key: 'Name', Values: ['/foo'] }, ['foo']],
    [{ Key: 'Name', Option: 'BeginsWith', Values: ['foo/'] }, ['/foo/a', '/foo/a/b', '/foo/c']],
    [{ Key: 'Name', Option: 'Contains', Values: ['a/'] }, ['/foo/a/b']],
    [{ Key: 'Type', Values: ['SecureString', 'StringList'] }, ['/bar', '/foo/a/b']],
    [{ Key: 'Type', Option: 'BeginsWith', Values: ['String'] }, ['foo', '/foo/a', '/foo/a/b', '/foo/c']],
    [{ Key: 'KeyId', Values: ['alias/aws/ssm'] }, ['/bar']],
    [{ Key: 'Tier', Values: ['Advanced'] }, ['/foo/a']],
    [{ Key: 'DataType', Values: ['integer'] }, ['/foo/c']],
    [{ Key: 'Path', Values: ['/'] }, ['/bar', 'foo']],
    [{ Key: 'Path', Values: ['/foo/'] }, ['/foo/a', '/foo/c']],
    [{ Key: 'Path', Option: 'Recursive', Values: ['/foo'] }, ['/foo/a', '/foo/a/b', '/foo/c']],
    [{ Key: 'Path', Option: 'Recursive', Values: ['/fo'] }, []],
    [{ Key: 'tag:team' }, ['/foo/a', '/foo/a/b']],
    [{ Key: 'tag:team', Values: ['green'] }, ['/foo/a/b']],
    [{ Key: 'tag:team', Option: 'BeginsWith', Values: ['b'] }, ['/foo/a']],
  ])('filters by %j', async (filter, names) => {
    expect(await found(filter)).toEqual(names)
  })

  it('wants all filters to match', async () => {
    expect(await found({ Key: 'tag:team' }, { Key: 'Type', Values: ['StringList'] })).toEqual(['/foo/a/b'])
  })

  it('knows the older filters, of which that of names is for beginnings', async () => {
    const { Parameters = [] } = await world.call('DescribeParameters', {
      Filters: [{ Key: 'Name', Values: ['/foo/a'] }],
    })
    expect(Parameters.map(({ Name: name }) => name)).toEqual(['/foo/a', '/foo/a/b'])
  })

  it.each([
    [[{ Key: 'key' }], 'ValidationException', 'Member must satisfy regular expression pattern: '],
    [[{ Key: `tag:${'t'.repeat(129)}` }], 'ValidationException', 'Member must have length less than or equal to 132'],
    [[{ Key: 'Name', Option: 'far too long' }], 'ValidationException', 'less than or equal to 10'],
    [
      [{ Key: 'Name', Values: Array.from({ length: 51 }, () => 'x') }],
      'ValidationException',
      'less than or equal to 50',
    ],
    [
      [{ Key: 'Label', Values: ['x'] }],
      'InvalidFilterKey',
      'The following filter key is not valid: Label. Valid filter keys',
    ],
    [[{ Key: 'Name' }], 'InvalidFilterValue', 'The following filter values are missing : null for filter key Name'],
    [
      [
        { Key: 'Name', Values: ['a'] },
        { Key: 'Name', Values: ['b'] },
      ],
      'InvalidFilterKey',
      'The following filter is duplicated in the request: Name.',
    ],
    [
      [{ Key: 'Path', Values: ['/aws'] }],
      'ValidationException',
      "Filters for common parameters can't be prefixed with",
    ],
    [[{ Key: 'Path', Values: ['foo'] }], 'ValidationException', "The parameter doesn't meet the parameter name"],
    [
      [{ Key: 'Path', Option: 'Equals', Values: ['/'] }],
      'InvalidFilterOption',
      'The following filter option is not valid: Equals.',
    ],
    [[{ Key: 'Type', Values: ['Text'] }], 'InvalidFilterValue', 'The following filter value is not valid: Text.'],
    [[{ Key: 'Tier', Values: ['Gold'] }], 'InvalidFilterValue', 'The following filter value is not valid: Gold.'],
  ])('refuses %j', async (filters, code, text) => {
    const message = expect.stringContaining(text) as string
    await expect(found(...filters)).rejects.toMatchObject({ code, message })
  })

  it('goes on where the last page ended, whatever came and went', async () => {
    const first = await world.call('DescribeParameters', { MaxResults: 2 })
    await world.call('DeleteParameters', { Names: ['foo', '/bar'] })
    await put('/aaa')
    const second = await world.call('DescribeParameters', { MaxResults: 3, NextToken: first.NextToken })
    expect(second.Parameters?.map(({ Name: name }) => name)).toEqual(['/foo/a', '/foo/a/b', '/foo/c'])
    expect(second.NextToken).toBeUndefined()
    const misused = world.call('GetParametersByPath', { Path: '/', NextToken: first.NextToken })
    await expect(misused).rejects.toMatchObject({ code: 'InvalidNextToken' })
    await expect(world.call('DescribeParameters', { MaxResults: 51 })).rejects.toMatchObject({
      code: 'ValidationException',
    })
  })
})
