/** Policies made ready, from the statements that matter to a test. */
import type { DocumentKind } from '../../src/model/policy/document.ts'
import { parsePolicyDocument } from '../../src/model/policy/parse.ts'
import { preparePolicy, type PreparedPolicy } from '../../src/model/policy/prepare.ts'
import type { PolicyType } from '../../src/model/policy/types.ts'

export const aPolicyText = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

/** A policy of that type, called by it. */
export const aPolicy = (type: PolicyType, ...statements: object[]): PreparedPolicy =>
  preparePolicy(parsePolicyDocument(aPolicyText(...statements), type satisfies DocumentKind), { id: type, type })

/** A statement that allows everything, but for what is given. */
export const allowing = (given: object = {}): object => ({ Effect: 'Allow', Action: '*', Resource: '*', ...given })
export const denying = (given: object = {}): object => ({ ...allowing(given), Effect: 'Deny' })
