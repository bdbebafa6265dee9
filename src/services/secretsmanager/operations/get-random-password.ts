/** GetRandomPassword: characters that nobody could have guessed. */
import { randomInt } from 'node:crypto'
import type { GetRandomPasswordRequest, GetRandomPasswordResponse } from '@aws-sdk/client-secrets-manager'
import { RANDOM_PASSWORD, RANDOM_PASSWORD_LENGTH } from '../../../model/limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'

export const getRandomPassword: SecretsOperation<GetRandomPasswordRequest, GetRandomPasswordResponse> = {
  access: onAnything,
  handle: (input) => {
    checkConstraints(input, { PasswordLength: RANDOM_PASSWORD, ExcludeCharacters: { max: RANDOM_PASSWORD.max } })
    return { RandomPassword: randomPassword(input) }
  },
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz'
const NUMBERS = '0123456789'
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

const randomPassword = (input: GetRandomPasswordRequest): string => {
  const { PasswordLength: length = RANDOM_PASSWORD_LENGTH, IncludeSpace: hasSpace = false } = input
  const types = typesOf(input)
  const alphabet = types.join('') + (hasSpace ? allowed(' ', input) : '')
  if (alphabet === '') throw invalidParameter('The request excludes every character.')
  const required = (input.RequireEachIncludedType ?? true) ? types : []
  if (required.length > length) throw invalidParameter('Password length is too short based on the required types.')
  const rest = Array.from({ length: length - required.length }, () => drawn(alphabet))
  return shuffled([...required.map(drawn), ...rest]).join('')
}

/** The characters of each type that may appear. */
const typesOf = (input: GetRandomPasswordRequest): readonly string[] =>
  [
    input.ExcludeLowercase ? '' : LOWERCASE,
    input.ExcludeUppercase ? '' : LOWERCASE.toUpperCase(),
    input.ExcludeNumbers ? '' : NUMBERS,
    input.ExcludePunctuation ? '' : PUNCTUATION,
  ]
    .map((type) => allowed(type, input))
    .filter((type) => type !== '')

const allowed = (characters: string, { ExcludeCharacters: excluded = '' }: GetRandomPasswordRequest): string =>
  Array.from(characters)
    .filter((character) => !excluded.includes(character))
    .join('')

const drawn = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length))

/** In an order of which each is as likely as any other (Fisher and Yates). */
const shuffled = (characters: readonly string[]): readonly string[] => {
  const result = [...characters]
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    ;[result[last], result[other]] = [result[other] as string, result[last] as string]
  }
  return result
}
