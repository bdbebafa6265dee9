import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import {
  aPlainContainer,
  aDefinition,
  aDefinitionOf,
  aDefinitionOfTwo,
} from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

describe('names and images', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['Family can not be blank.', aDefinition({}, { family: '' })],
    ['Family contains invalid characters.', aDefinition({}, { family: 'a.b' })],
    ['Container list cannot be empty.', aDefinitionOf([])],
    [
      'Too many containers.',
      aDefinitionOf(Array.from({ length: 11 }, (_, index) => aPlainContainer({ name: `c${index}` }))),
    ],
    ['Container.name should not be null or empty.', aDefinition({ name: '' })],
    ['Container.name contains invalid characters.', aDefinition({ name: 'a b' })],
    ["Container name 'app' is specified more than once.", aDefinitionOfTwo({}, { name: 'app' })],
    ['Task definition must have at least one essential container.', aDefinition({ essential: false })],
    ['Container.image should not be null or empty.', aDefinitionOf([{ name: 'app', memory: 128 }])],
    ['Container.image contains invalid characters.', aDefinition({ image: 'a b' })],
    ['Container.image contains an invalid digest.', aDefinition({ image: 'a@sha256:0' })],
    ['Container.image can have at most 255 characters.', aDefinition({ image: 'a'.repeat(256) })],
  ])('are refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})
