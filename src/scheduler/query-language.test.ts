import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../test/builders/a-container-instance.ts'
import type { ContainerInstanceRecord } from '../model/records.ts'
import {
  compileExpression,
  compileFilter,
  CompiledExpressions,
  ExpressionError,
  type InstanceFacts,
} from './query-language.ts'

const facts = (groups: readonly string[] = [], runningTasksCount = groups.length): InstanceFacts => ({
  runningTasksCount,
  hasTaskGroup: (group) => groups.includes(group),
  taskGroups: () => groups,
})

const anInstance = (attributes: Record<string, string> = {}, members: Partial<ContainerInstanceRecord> = {}) =>
  aContainerInstance({ attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })), ...members })

const selects = (text: string, instance = anInstance(), about = facts()): boolean =>
  compileExpression(text)(instance, about)

const errorOf = (text: string): ExpressionError => {
  try {
    compileExpression(text)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error(`"${text}" was accepted`)
}

describe('attributes', () => {
  const instance = anInstance({ 'ecs.instance-type': 'g2.2xlarge', 'ecs.availability-zone': 'us-east-1a', rank: '9' })
  const t = (text: string) => selects(text, instance)

  it('compares for equality, by symbol and by word', () => {
    expect(t('attribute:ecs.instance-type == g2.2xlarge')).toBe(true)
    expect(t('attribute:ecs.instance-type equals t2.small')).toBe(false)
    expect(t('attribute:ecs.instance-type!=t2.small')).toBe(true)
    expect(t('attribute:ecs.instance-type not_equals g2.2xlarge')).toBe(false)
  })

  it('takes lists, quoted or not', () => {
    expect(t('attribute:ecs.availability-zone in [us-east-1a, us-east-1b]')).toBe(true)
    expect(t(`attribute:ecs.availability-zone in ['us-east-1b',"us-east-1a"]`)).toBe(true)
    expect(t('attribute:ecs.availability-zone !in [us-east-1b]')).toBe(true)
    expect(t('attribute:ecs.availability-zone not_in [us-east-1a]')).toBe(false)
  })

  it('matches patterns against the whole value', () => {
    expect(t('attribute:ecs.instance-type =~ g2.*')).toBe(true)
    expect(t('attribute:ecs.instance-type =~ g2')).toBe(false)
    expect(t('attribute:ecs.instance-type matches g[12]\\.(2|4)xlarge')).toBe(true)
    expect(t('(attribute:ecs.instance-type =~ (g2|t2).* and attribute:rank == 9)')).toBe(true)
    expect(t('attribute:ecs.instance-type !~ t2.*')).toBe(true)
    expect(t("attribute:ecs.instance-type not_matches 'g2.*'")).toBe(false)
  })

  it('tells whether an attribute exists', () => {
    expect(t('attribute:rank exists')).toBe(true)
    expect(t('attribute:rank !exists')).toBe(false)
    expect(t('attribute:stack not_exists')).toBe(true)
  })

  it('selects with a negated operator only instances that have the attribute', () => {
    expect(t('attribute:stack != prod')).toBe(false)
    expect(t('attribute:stack not_in [prod]')).toBe(false)
    expect(t('not(attribute:stack == prod)')).toBe(true)
  })

  it('orders numbers by size and other values by their characters', () => {
    expect(t('attribute:rank < 10')).toBe(true)
    expect(t('attribute:rank greater_than_equal 9')).toBe(true)
    expect(t('attribute:ecs.availability-zone < us-east-1b')).toBe(true)
    expect(t('attribute:ecs.availability-zone > us-east-1b')).toBe(false)
  })

  it('takes values with spaces and quotes when they are quoted', () => {
    const spaced = anInstance({ owner: "it's us" })
    expect(selects(`attribute:owner == "it's us"`, spaced)).toBe(true)
    expect(selects(`attribute:owner == 'it\\'s us'`, spaced)).toBe(true)
  })
})

describe('compound expressions', () => {
  const instance = anInstance({ a: '1', b: '2' })
  const t = (text: string) => selects(text, instance)

  it('binds not before and before or', () => {
    expect(t('attribute:a == 1 or attribute:a == 2 and attribute:b == 3')).toBe(true)
    expect(t('(attribute:a == 1 or attribute:a == 2) and attribute:b == 3')).toBe(false)
    expect(t('not attribute:a == 2 and attribute:b == 2')).toBe(true)
    expect(t('not (attribute:a == 1 and attribute:b == 2)')).toBe(false)
  })

  it('takes symbols without spaces', () => {
    expect(t('attribute:a==1&&attribute:b==2')).toBe(true)
    expect(t('attribute:a==3||!(attribute:b==3)')).toBe(true)
    expect(t('!attribute:a==1')).toBe(false)
  })

  it('does not mistake the start of a word for a keyword', () => {
    expect(selects('attribute:os == android and attribute:x not_exists', anInstance({ os: 'android' }))).toBe(true)
  })

  it('takes as many parentheses as fit', () => {
    expect(t(`${'('.repeat(900)}attribute:a == 1${')'.repeat(900)}`)).toBe(true)
  })
})

describe('other subjects', () => {
  it('compares agent versions part by part', () => {
    const instance = anInstance({}, { versionInfo: { agentVersion: '1.9.0' } })
    expect(selects('agentVersion < 1.14.5', instance)).toBe(true)
    expect(selects('agentVersion >= 1.9', instance)).toBe(true)
    expect(selects('agentVersion == 1.9.0', instance)).toBe(true)
    expect(selects('agentVersion != 1.9.0', anInstance({}, { versionInfo: {} }))).toBe(false)
  })

  it('compares registration times as exactly as they are written', () => {
    const instance = anInstance({}, { registeredAt: Date.UTC(2018, 1, 13, 10, 30, 15, 250) })
    expect(selects('registeredAt < 2018-02-13', instance)).toBe(false)
    expect(selects('registeredAt < 2018-02-14', instance)).toBe(true)
    expect(selects('registeredAt == 2018-02-13', instance)).toBe(true)
    expect(selects('registeredAt == 2018-02-13T10:30:15', instance)).toBe(true)
    expect(selects('registeredAt == 2018-02-13T12:30:15+02:00', instance)).toBe(true)
    expect(selects('registeredAt > 2018-02-13T10:30:14Z', instance)).toBe(true)
  })

  it('knows connection and EC2 instance id', () => {
    const instance = anInstance({}, { agentConnected: false, ec2InstanceId: 'i-abcd1234' })
    expect(selects('agentConnected == false', instance)).toBe(true)
    expect(selects('agentConnected != false', instance)).toBe(false)
    expect(selects("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", instance)).toBe(true)
    expect(selects('ec2InstanceId != i-abcd1234', anInstance())).toBe(false)
  })

  it('counts running tasks', () => {
    expect(selects('runningTasksCount == 1', anInstance(), facts([], 1))).toBe(true)
    expect(selects('runningTasksCount less_than 10', anInstance(), facts([], 10))).toBe(false)
    expect(compileExpression('runningTasksCount == 1').readsTasks).toBe(true)
  })

  it('knows the groups of tasks on the instance', () => {
    const hosting = facts(['service:production', 'database'])
    expect(selects('task:group == service:production', anInstance(), hosting)).toBe(true)
    expect(selects('not(task:group == database)', anInstance(), hosting)).toBe(false)
    expect(selects('task:group != database', anInstance(), hosting)).toBe(false)
    expect(selects('task:group != database', anInstance(), facts())).toBe(true)
    expect(selects('task:group in [a, database]', anInstance(), hosting)).toBe(true)
    expect(selects('task:group =~ service:.*', anInstance(), hosting)).toBe(true)
    expect(selects('task:group !~ family:.*', anInstance(), hosting)).toBe(true)
    expect(selects('task:group exists', anInstance(), facts())).toBe(false)
    expect(compileExpression('attribute:a == 1 and not(task:group == database)').readsTasks).toBe(true)
    expect(compileExpression('attribute:a == 1').readsTasks).toBe(false)
  })

  it('filters a list with a provider of facts', () => {
    const [busy, idle] = [anInstance(), anInstance()]
    const filter = compileFilter('runningTasksCount > 0', (instance) => facts([], instance === busy ? 3 : 0))
    expect([busy, idle].filter(filter)).toEqual([busy])
  })
})

describe('errors', () => {
  it('says what is wrong and where', () => {
    expect(errorOf('').message).toBe('Invalid expression: expected a subject at position 0.')
    expect(errorOf('attribute:a').message).toBe('Invalid expression: expected an operator at position 11.')
    expect(errorOf('attribute:a ==').message).toBe('Invalid expression: expected a value at position 14.')
    expect(errorOf('attribute:a == 1 attribute:b == 2').position).toBe(17)
    expect(errorOf('(attribute:a == 1').message).toBe("Invalid expression: expected ')' at position 17.")
    expect(errorOf('attribute:a like b').message).toBe("Invalid expression: unknown operator 'like' at position 12.")
    expect(errorOf("attribute:a == 'b").message).toBe('Invalid expression: unterminated string at position 15.')
    expect(errorOf('attribute:a in b').message).toBe("Invalid expression: expected '[' at position 15.")
    expect(errorOf('attribute: == b').message).toBe("Invalid expression: unknown subject 'attribute:' at position 0.")
    expect(errorOf('toString == b').message).toBe("Invalid expression: unknown subject 'toString' at position 0.")
  })

  it('refuses operators and values that a subject does not know', () => {
    expect(errorOf('runningTasksCount in [1]').message).toContain("operator 'in' is not valid for 'runningTasksCount'")
    expect(errorOf('agentVersion =~ 1.*').message).toContain("operator 'matches' is not valid for 'agentVersion'")
    expect(errorOf('agentVersion < latest').message).toContain("'latest' is not a version")
    expect(errorOf('registeredAt < yesterday').message).toContain("'yesterday' is not a date")
    expect(errorOf('registeredAt < 2018-13-45').message).toContain('is not a date')
    expect(errorOf('runningTasksCount == many').message).toContain("'many' is not a number")
  })

  it('refuses an expression that is too long', () => {
    expect(errorOf(`attribute:a == ${'b'.repeat(2000)}`).message).toContain('longer than 2000 characters')
  })
})

describe('compiled expressions', () => {
  it('are compiled once', () => {
    const expressions = new CompiledExpressions()
    expect(expressions.get('attribute:a == 1')).toBe(expressions.get('attribute:a == 1'))
  })

  it('are forgotten beyond their number, the oldest first', () => {
    const expressions = new CompiledExpressions()
    const first = expressions.get('attribute:a == 0')
    for (let number = 1; number <= 1000; number++) expressions.get(`attribute:a == ${number}`)
    expect(expressions.get('attribute:a == 0')).not.toBe(first)
  })
})
