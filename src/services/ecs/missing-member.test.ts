import { describe, expect, it } from 'vitest'
import { missingMember } from './missing-member.ts'

describe('a missing member', () => {
  it.each([
    ['RunTask', 'taskDefinition', 'InvalidParameterException', 'TaskDefinition can not be blank.'],
    ['DescribeTasks', 'tasks', 'InvalidParameterException', 'Tasks cannot be empty.'],
    ['RegisterTaskDefinition', 'family', 'ClientException', 'Family can not be blank.'],
    ['RegisterTaskDefinition', 'containerDefinitions', 'ClientException', 'Container list cannot be empty.'],
  ])('is told by %s in the words of ECS: %s', (operation, path, code, message) => {
    expect(missingMember(operation, path)).toMatchObject({ code, message })
  })

  it('has no words of its own deep inside, nor where the name only looks like one', () => {
    expect(missingMember('RunTask', 'capacityProviderStrategy[0].capacityProvider')).toBeUndefined()
    expect(missingMember('RunTask', 'toString')).toBeUndefined()
  })
})
