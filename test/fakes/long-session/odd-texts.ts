/**
 * Texts that a page must show as text: markup, scripts, addresses that are code, writing from right to left, one very
 * long line, emoji made of many parts, null bytes.
 *
 * Each begins with a word by which a test finds it again.
 */
const LONG_LINE_CHARS = 200_000;

export const ODD_TEXTS = [
  `oddimage <img src=x onerror="document.title='owned'"> and <b>bold</b> &amp; &lt;i&gt;`,
  `oddscript </script><script>document.title='owned'</script> <style>body{display:none}</style>`,
  `oddlink javascript:alert(1) [here](javascript:alert(1)) "><a href='javascript:alert(1)'>x</a>`,
  `oddcomment <!-- --> ]]> <![CDATA[ {{constructor.constructor('alert(1)')()}} \${alert(1)}`,
  `oddarabic قال: «الرصيف ١٢» \u202Eevil\u202C \u2067תודה\u2069 end`,
  `oddemoji 👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦🇵🇹 é́́́ \u{1F600}`,
  `oddnull before\u0000after \u0007bell \u001b[31mred\u001b[0m \uFEFF`,
  `oddline ${"0123456789abcdef".repeat(LONG_LINE_CHARS / 16)}`,
] as const;
