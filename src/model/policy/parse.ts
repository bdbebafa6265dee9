/**
 * Reads a policy document, strictly: what this lets through is what IAM lets through, and everything else is refused in IAM's words, so
 * that no policy means less than its author thinks. Sizes are the caller's to check.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import type {
  DocumentKind,
  Effect,
  PatternElement,
  PolicyDocument,
  PolicyStatement,
  PolicyVersion,
} from './document.ts'
import { type JsonNode, type JsonObject, lineStartsOf, NotJson, parseJsonTree, positionAt } from './json-tree.ts'
import {
  IDENTITY_SENTENCES,
  MalformedPolicy,
  NO_RESOURCES,
  NOT_STS,
  OLD_VERSION,
  PROHIBITED_NOT_RESOURCE,
  PROHIBITED_RESOURCE,
  RESOURCE_SENTENCES,
  type Sentences,
  SID_CHARACTERS,
} from './malformed-policy.ts'
import { checkAction, checkResource } from './parse-patterns.ts'
import { parseConditions } from './parse-conditions.ts'
import { parsePrincipals } from './parse-principals.ts'
import { stringsOf, stringOf } from './parse-values.ts'

/** Throws `MalformedPolicy`. */
export const parsePolicyDocument = (text: string, kind: DocumentKind): PolicyDocument =>
  new DocumentParser(text, kind).parse()

const DOCUMENT_MEMBERS = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_MEMBERS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/** Kinds that belong to something other than principals, and say whom they are about. */
const isOfResource = (kind: DocumentKind): kind is 'resource' | 'trust' => kind === 'resource' || kind === 'trust'

class DocumentParser {
  readonly #text: string
  readonly #lineStarts: readonly number[]
  readonly #kind: DocumentKind
  readonly #sentences: Sentences

  constructor(text: string, kind: DocumentKind) {
    this.#text = text
    this.#lineStarts = lineStartsOf(text)
    this.#kind = kind
    this.#sentences = isOfResource(kind) ? RESOURCE_SENTENCES : IDENTITY_SENTENCES
  }

  parse(): PolicyDocument {
    const { members } = this.#objectOf(this.#tree(), DOCUMENT_MEMBERS)
    const version = this.#version(members.get('Version'))
    const id = members.get('Id')
    const nodes = this.#statementNodes(members.get('Statement'))
    const statements = nodes.map((node) => this.#statement(node))
    if (this.#kind === 'managed' && version !== '2012-10-17') throw new MalformedPolicy(OLD_VERSION)
    this.#checkSids(statements)
    for (const statement of statements) this.#checkStatement(statement)
    return { version, ...(id && { id: stringOf(id, this.#sentences) }), statements }
  }

  #tree(): JsonNode {
    try {
      return parseJsonTree(this.#text)
    } catch (error) {
      if (error instanceof NotJson) throw new MalformedPolicy(this.#sentences.notJson, { cause: error })
      throw error
    }
  }

  #objectOf(node: JsonNode, known: ReadonlySet<string>): JsonObject {
    if (node.type !== 'object') throw new MalformedPolicy(this.#sentences.syntax)
    for (const name of node.members.keys())
      if (!known.has(name)) throw new MalformedPolicy(this.#sentences.unknownMember(name))
    return node
  }

  #version(node: JsonNode | undefined): PolicyVersion {
    const version = node === undefined ? '2008-10-17' : stringOf(node, this.#sentences)
    if (version !== '2008-10-17' && version !== '2012-10-17') throw new MalformedPolicy(this.#sentences.version)
    return version
  }

  #statementNodes(node: JsonNode | undefined): readonly JsonNode[] {
    const nodes = node === undefined ? [] : node.type === 'list' ? node.items : [node]
    if (nodes.length === 0) throw new MalformedPolicy(this.#sentences.noStatement)
    return nodes
  }

  #statement(node: JsonNode): PolicyStatement {
    const { members, start, end } = this.#objectOf(node, STATEMENT_MEMBERS)
    const sid = members.get('Sid')
    const effect = this.#effect(members.get('Effect'))
    const resources = this.#patterns(members, 'Resource', 'NotResource')
    const principals = parsePrincipals(members, effect, this.#kind)
    return {
      ...(sid && { sid: stringOf(sid, this.#sentences) }),
      effect,
      ...(principals && { principals }),
      actions: this.#patterns(members, 'Action', 'NotAction') ?? { isNegated: false, patterns: [] },
      ...(resources && { resources }),
      conditions: parseConditions(members.get('Condition'), this.#sentences),
      start: positionAt(this.#lineStarts, start),
      end: positionAt(this.#lineStarts, end),
    }
  }

  #effect(node: JsonNode | undefined): Effect {
    if (node === undefined) throw new MalformedPolicy(this.#sentences.noEffect)
    const effect = stringOf(node, this.#sentences)
    if (effect !== 'Allow' && effect !== 'Deny') throw new MalformedPolicy(this.#sentences.effect(effect))
    return effect
  }

  #patterns(members: JsonObject['members'], name: string, negatedName: string): PatternElement | undefined {
    const [node, negated] = [members.get(name), members.get(negatedName)]
    if (node && negated) throw new MalformedPolicy(this.#sentences.syntax)
    const either = node ?? negated
    return either && { isNegated: negated !== undefined, patterns: stringsOf(either, this.#sentences) }
  }

  #checkSids(statements: readonly PolicyStatement[]): void {
    const sids = statements.flatMap(({ sid }) => sid || [])
    if (new Set(sids).size < sids.length) throw new MalformedPolicy(this.#sentences.repeatedSid)
    // AWS: policies of resources may have spaces in them.
    if (!isOfResource(this.#kind) && !sids.every((sid) => /^[\dA-Za-z]*$/.test(sid)))
      throw new MalformedPolicy(SID_CHARACTERS)
  }

  #checkStatement({ actions, resources }: PolicyStatement): void {
    if (actions.patterns.length === 0) throw new MalformedPolicy(this.#sentences.noAction)
    if (this.#kind === 'trust') checkTrust(actions, resources)
    else if (!isOfResource(this.#kind) && !resources?.patterns.length) throw new MalformedPolicy(NO_RESOURCES)
    resources?.patterns.forEach(checkResource)
    actions.patterns.forEach(checkAction)
  }
}

const checkTrust = (actions: PatternElement, resources: PatternElement | undefined): void => {
  if (resources) throw new MalformedPolicy(resources.isNegated ? PROHIBITED_NOT_RESOURCE : PROHIBITED_RESOURCE)
  if (!actions.patterns.every((action) => /^sts:/i.test(action))) throw new MalformedPolicy(NOT_STS)
}
