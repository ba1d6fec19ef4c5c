# Prints the functions that public headers declare, one a line: the declaration on one line,
# a tab, and the comment that stands right before it, also on one line.

FNR == 1 { comment = ""; in_comment = 0; in_declaration = 0 }

/^\/\*\*/ { comment = ""; in_comment = 1 }
in_comment {
  comment = comment " " $0
  if (/\*\//) in_comment = 0
  next
}

/^SIMPLE_TORCH_API/ { declaration = ""; in_declaration = 1 }
in_declaration {
  declaration = declaration " " $0
  if (/;/) {
    in_declaration = 0
    sub(/^ *SIMPLE_TORCH_API */, "", declaration)
    gsub(/[ \t]+/, " ", declaration)
    gsub(/\( /, "(", declaration)
    sub(/;.*/, ";", declaration)
    gsub(/[ \t]+/, " ", comment)
    print declaration "\t" comment
    comment = ""
  }
  next
}

# Whatever else stands between them, the comment belongs to that.
{ comment = "" }
