// Asking the server: JSON out, JSON in, and one kind of failure that says whether the line or the rule failed.

let token = '';

export function useToken(value) {
  token = value;
}

export class NoAnswer extends Error {}
export class Refusal extends Error {
  constructor(status, said) {
    super(said);
    this.status = status;
  }
}

/** Post JSON, or a drawing as it is; the answer as JSON. */
export async function post(url, body) {
  const isText = typeof body === 'string';
  let answer;
  let said;
  try {
    answer = await fetch(url, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': isText ? 'application/xml' : 'application/json', Accept: 'application/json', 'X-CSRFToken': token },
      body: isText ? body : JSON.stringify(body),
    });
    said = await answer.json();
  } catch {
    throw new NoAnswer();
  }
  if (!answer.ok) throw new Refusal(answer.status, said.detail || said.message || String(answer.status));
  return said;
}

export async function get(url) {
  try {
    const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
    if (answer.ok) return await answer.json();
  } catch {
    // the same as an answer that is none
  }
  throw new NoAnswer();
}
